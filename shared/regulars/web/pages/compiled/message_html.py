# mypy: ignore-errors
# Made by scripts/templates from message.html. Do not edit.
digest = 'f7a65124117b3918'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'message.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    parent_template = None
    l_0_t = resolve('t')
    l_0_view = resolve('view')
    l_0_head = l_0_told = missing
    pass
    parent_template = environment.get_template('base.html', 'message.html')
    for name, parent_block in parent_template.blocks.items():
        context.blocks.setdefault(name, []).append(parent_block)
    included_template = environment.get_template('parts.html', 'message.html').make_module(context.get_all(), True, {'head': l_0_head, 'told': l_0_told})
    l_0_head = getattr(included_template, 'head', missing)
    if l_0_head is missing:
        l_0_head = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'message.html') does not export the requested name 'head'", name='head')
    context.vars['head'] = l_0_head
    context.exported_vars.discard('head')
    l_0_told = environment.getitem({'not_found': (context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'There is nothing here'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'The address may be mistyped, or what was here is gone.')), 'link_dead': (context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'This link does not work any more'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Ask at the counter, and we will give you a new one. Nothing on your card is lost.')), 'try_again': (context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'That did not work'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'It is our fault, not yours. Nothing was booked twice; please try again in a moment.')), 'too_many': (context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'A little slower, please'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'That was a lot of tries in a short time. Wait a minute and try again.')), 'signed_out': (context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'You are signed out'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Open the link of this counter again to go on.')), 'plain': ('', '')}, environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'kind'))
    context.vars['told'] = l_0_told
    context.exported_vars.add('told')
    yield from parent_template.root_render_func(context)

def block_title(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_view = resolve('view')
    l_0_told = resolve('told')
    pass
    yield escape((environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'title') or environment.getitem((undefined(name='told') if l_0_told is missing else l_0_told), 0)))

def block_body(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_brand = resolve('brand')
    l_0_head = resolve('head')
    l_0_view = resolve('view')
    l_0_told = resolve('told')
    pass
    yield '<main class="one">\n'
    if (undefined(name='brand') if l_0_brand is missing else l_0_brand):
        pass
        yield escape(context.call((undefined(name='head') if l_0_head is missing else l_0_head), (undefined(name='brand') if l_0_brand is missing else l_0_brand), _block_vars=_block_vars))
    yield '<section class="panel say">\n<h1>'
    yield escape((environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'title') or environment.getitem((undefined(name='told') if l_0_told is missing else l_0_told), 0)))
    yield '</h1>\n<p>'
    yield escape((environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'text') or environment.getitem((undefined(name='told') if l_0_told is missing else l_0_told), 1)))
    yield '</p>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'link'):
        pass
        yield '<a class="button" href="'
        yield escape(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'link'), 0))
        yield '">'
        yield escape(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'link'), 1))
        yield '</a>'
    yield '</section>\n</main>\n'

blocks = {'title': block_title, 'body': block_body}
debug_info = '1=15&2=18&3=24&11=29&12=41&14=54&16=58&17=60&18=62'
