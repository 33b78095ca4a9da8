# mypy: ignore-errors
# Made by scripts/templates from confirm.html. Do not edit.
digest = '21965275b47e9438'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'confirm.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    parent_template = None
    l_0_head = missing
    pass
    parent_template = environment.get_template('base.html', 'confirm.html')
    for name, parent_block in parent_template.blocks.items():
        context.blocks.setdefault(name, []).append(parent_block)
    included_template = environment.get_template('parts.html', 'confirm.html').make_module(context.get_all(), True, {'head': l_0_head})
    l_0_head = getattr(included_template, 'head', missing)
    if l_0_head is missing:
        l_0_head = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'confirm.html') does not export the requested name 'head'", name='head')
    context.vars['head'] = l_0_head
    context.exported_vars.discard('head')
    yield from parent_template.root_render_func(context)

def block_title(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_view = resolve('view')
    pass
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'title'))

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
    pass
    yield '<main class="one">\n'
    if (undefined(name='brand') if l_0_brand is missing else l_0_brand):
        pass
        yield escape(context.call((undefined(name='head') if l_0_head is missing else l_0_head), (undefined(name='brand') if l_0_brand is missing else l_0_brand), _block_vars=_block_vars))
    yield '<form class="panel say" method="post" action="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'action'))
    yield '">\n<h1>'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'title'))
    yield '</h1>\n<p>'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'text'))
    yield '</p>\n'
    for (l_1_name, l_1_value) in context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'fields'), 'items'), _block_vars=_block_vars):
        _loop_vars = {}
        pass
        yield '<input type="hidden" name="'
        yield escape(l_1_name)
        yield '" value="'
        yield escape(l_1_value)
        yield '">\n'
    l_1_name = l_1_value = missing
    yield '<button class="button" type="submit">'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'button'))
    yield '</button>\n</form>\n</main>\n'

blocks = {'title': block_title, 'body': block_body}
debug_info = '1=13&2=16&3=24&4=35&6=47&7=51&8=53&9=55&10=57&12=67'
