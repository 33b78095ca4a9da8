# mypy: ignore-errors
# Made by scripts/templates from base.html. Do not edit.
digest = 'bf1681e76ceaeb20'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'base.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_w = resolve('w')
    l_0_tile = resolve('tile')
    l_0_style = resolve('style')
    pass
    yield '<!doctype html>\n<html lang="'
    yield escape(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'lang'))
    yield '">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\n<title>'
    yield from context.blocks['title'][0](context)
    yield '</title>\n<meta name="robots" content="noindex">\n<meta name="theme-color" content="'
    yield from context.blocks['theme'][0](context)
    yield '">\n<link rel="icon" href="'
    yield escape((undefined(name='tile') if l_0_tile is missing else l_0_tile))
    yield '">\n<style>'
    yield escape((undefined(name='style') if l_0_style is missing else l_0_style))
    yield '</style>\n'
    yield from context.blocks['head'][0](context)
    yield '</head>\n<body>\n'
    yield from context.blocks['body'][0](context)
    yield '</body>\n</html>'

def block_title(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    pass

def block_theme(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    pass
    yield '#faf7f2'

def block_head(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    pass

def block_body(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    pass

blocks = {'title': block_title, 'theme': block_theme, 'head': block_head, 'body': block_body}
debug_info = '2=15&6=17&8=19&9=21&10=23&11=25&14=27&6=30&8=39&11=49&14=58'
