# mypy: ignore-errors
# Made by scripts/templates from unsubscribe.html. Do not edit.
digest = 'ebe8dea53abda445'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'unsubscribe.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    parent_template = None
    l_0_view = resolve('view')
    l_0_t = resolve('t')
    l_0_brand = resolve('brand')
    l_0_head = l_0_title = missing
    pass
    parent_template = environment.get_template('base.html', 'unsubscribe.html')
    for name, parent_block in parent_template.blocks.items():
        context.blocks.setdefault(name, []).append(parent_block)
    included_template = environment.get_template('parts.html', 'unsubscribe.html').make_module(context.get_all(), True, {'head': l_0_head, 'title': l_0_title})
    l_0_head = getattr(included_template, 'head', missing)
    if l_0_head is missing:
        l_0_head = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'unsubscribe.html') does not export the requested name 'head'", name='head')
    context.vars['head'] = l_0_head
    context.exported_vars.discard('head')
    l_0_title = (context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'You will get no more messages from us') if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'done') else context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Stop messages from {shop}?', shop=environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'name')))
    context.vars['title'] = l_0_title
    context.exported_vars.add('title')
    yield from parent_template.root_render_func(context)

def block_title(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_title = resolve('title')
    pass
    yield escape((undefined(name='title') if l_0_title is missing else l_0_title))

def block_body(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_head = resolve('head')
    l_0_brand = resolve('brand')
    l_0_view = resolve('view')
    l_0_title = resolve('title')
    l_0_t = resolve('t')
    pass
    yield '<main class="one">\n'
    yield escape(context.call((undefined(name='head') if l_0_head is missing else l_0_head), (undefined(name='brand') if l_0_brand is missing else l_0_brand), _block_vars=_block_vars))
    yield '\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'done'):
        pass
        yield '<section class="panel say">\n<h1>'
        yield escape((undefined(name='title') if l_0_title is missing else l_0_title))
        yield '</h1>\n<p>'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Your card and everything on it stay as they are.', _block_vars=_block_vars))
        yield '</p>\n</section>\n'
    else:
        pass
        yield '<form class="panel say" method="post" action="'
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'action'))
        yield '">\n<h1>'
        yield escape((undefined(name='title') if l_0_title is missing else l_0_title))
        yield '</h1>\n<p>'
        if (environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'channel') == 'sms'):
            pass
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'We will not write to you by SMS any more. Your card stays as it is.', _block_vars=_block_vars))
        elif (environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'channel') == 'push'):
            pass
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'We will not send you notifications any more. Your card stays as it is.', _block_vars=_block_vars))
        else:
            pass
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'We will not write to you by e-mail any more. Your card stays as it is.', _block_vars=_block_vars))
        yield '</p>\n<button class="button" type="submit">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Stop the messages', _block_vars=_block_vars))
        yield '</button>\n</form>\n'
    yield '</main>\n'

blocks = {'title': block_title, 'body': block_body}
debug_info = '1=16&2=19&3=25&4=30&5=41&7=55&8=57&10=60&11=62&14=67&15=69&17=71&18=74&19=79&20=81'
