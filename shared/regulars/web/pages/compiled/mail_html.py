# mypy: ignore-errors
# Made by scripts/templates from mail.html. Do not edit.
digest = '05e817b5cdca3ffd'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'mail.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_w = resolve('w')
    l_0_view = resolve('view')
    l_0_font = resolve('font')
    l_0_c = resolve('c')
    l_0_initial = resolve('initial')
    l_0_brand = resolve('brand')
    l_0_t = resolve('t')
    l_0_cell = missing
    try:
        t_1 = environment.filters['join']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'join' found.")
    try:
        t_2 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    pass
    def macro(l_1_row, l_1_place):
        t_3 = []
        if l_1_row is missing:
            l_1_row = undefined("parameter 'row' was not provided", name='row')
        if l_1_place is missing:
            l_1_place = undefined("parameter 'place' was not provided", name='place')
        pass
        t_3.append(
            escape((environment.getitem(l_1_row, l_1_place) if (t_2(l_1_row) > l_1_place) else '')),
        )
        return concat(t_3)
    context.exported_vars.add('cell')
    context.vars['cell'] = l_0_cell = Macro(environment, macro, 'cell', ('row', 'place'), False, False, False, context.eval_ctx.autoescape)
    yield '<!doctype html>\n<html lang="'
    yield escape(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'lang'))
    yield '">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light">\n<title>'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'subject'))
    yield '</title>\n</head>\n<body style="margin:0;padding:0;background:#faf7f2;color:#1d1b16;font-family:'
    yield escape((undefined(name='font') if l_0_font is missing else l_0_font))
    yield ';font-size:17px;line-height:1.5">\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'preview'):
        pass
        yield '<div style="display:none;max-height:0;overflow:hidden">'
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'preview'))
        yield '</div>'
    yield '<main style="max-width:560px;margin:0 auto;padding:24px 16px">\n<p style="margin:0 0 16px;font-size:17px;font-weight:700"><span style="display:inline-block;width:32px;height:32px;line-height:32px;margin-right:10px;border-radius:10px;text-align:center;background:'
    yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'brand'))
    yield ';color:'
    yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'on'))
    yield '" aria-hidden="true">'
    yield escape(context.call((undefined(name='initial') if l_0_initial is missing else l_0_initial), environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'name')))
    yield '</span>'
    yield escape(environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'name'))
    yield '</p>\n<div style="background:#ffffff;border:1px solid #e6dfd3;border-radius:20px;padding:24px">\n'
    l_1_loop = missing
    for l_1_block, l_1_loop in LoopContext(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'blocks'), undefined):
        l_1_most_stamps = resolve('most_stamps')
        l_1_range = resolve('range')
        _loop_vars = {}
        pass
        if (environment.getattr(l_1_block, 'kind') == 'title'):
            pass
            yield '<h1 style="margin:0 0 16px;font-size:26px;line-height:1.2;letter-spacing:-0.02em">'
            yield escape(environment.getattr(l_1_block, 'text'))
            yield '</h1>\n'
        elif (environment.getattr(l_1_block, 'kind') == 'text'):
            pass
            yield '<p style="margin:0 0 16px">'
            yield escape(environment.getattr(l_1_block, 'text'))
            yield '</p>\n'
        elif (environment.getattr(l_1_block, 'kind') == 'note'):
            pass
            yield '<p style="margin:0 0 16px;font-size:15px;color:#6a6357">'
            yield escape(environment.getattr(l_1_block, 'text'))
            yield '</p>\n'
        elif (environment.getattr(l_1_block, 'kind') == 'button'):
            pass
            yield '<p style="margin:8px 0 20px"><a href="'
            yield escape(environment.getattr(l_1_block, 'url'))
            yield '" style="display:inline-block;padding:13px 24px;border-radius:26px;background:'
            yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'brand'))
            yield ';color:'
            yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'on'))
            yield ';font-weight:600;text-decoration:none">'
            yield escape(environment.getattr(l_1_block, 'text'))
            yield '</a></p>\n'
        elif (environment.getattr(l_1_block, 'kind') == 'stamps'):
            pass
            yield '<div style="margin:0 0 20px;padding:18px 20px;border-radius:18px;background:'
            yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'brand'))
            yield ';color:'
            yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'on'))
            yield '">\n'
            if (environment.getattr(l_1_block, 'need') <= (undefined(name='most_stamps') if l_1_most_stamps is missing else l_1_most_stamps)):
                pass
                yield '<div aria-hidden="true" style="font-size:0">\n'
                for l_2_place in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 1, (environment.getattr(l_1_block, 'need') + 1), _loop_vars=_loop_vars):
                    _loop_vars = {}
                    pass
                    yield '<span style="display:inline-block;width:26px;height:26px;margin:4px 8px 4px 0;border-radius:50%;box-sizing:border-box;'
                    if (l_2_place <= environment.getattr(l_1_block, 'have')):
                        pass
                        yield 'background:'
                        yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'on'))
                        yield ';border:2px solid '
                        yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'on'))
                    else:
                        pass
                        yield 'border:2px dashed '
                        yield escape(environment.getitem((undefined(name='c') if l_0_c is missing else l_0_c), 'on-soft'))
                    yield '"></span>\n'
                l_2_place = missing
                yield '</div>\n'
            yield '<p style="margin:6px 0 0;font-weight:700">'
            yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr(l_1_block, 'have'), _loop_vars=_loop_vars))
            yield ' / '
            yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr(l_1_block, 'need'), _loop_vars=_loop_vars))
            if environment.getattr(l_1_block, 'text'):
                pass
                yield ' · '
                yield escape(environment.getattr(l_1_block, 'text'))
            yield '</p>\n</div>\n'
        elif (environment.getattr(l_1_block, 'kind') == 'figures'):
            pass
            yield '<div style="margin:0 0 12px;font-size:0">\n'
            for l_2_row in environment.getattr(l_1_block, 'rows'):
                _loop_vars = {}
                pass
                yield '<div style="display:inline-block;vertical-align:top;width:50%;min-width:132px;padding:0 12px 16px 0;box-sizing:border-box;font-size:15px">\n<p style="margin:0;font-size:28px;line-height:1.2;font-weight:700;letter-spacing:-0.02em">'
                yield escape(context.call((undefined(name='cell') if l_0_cell is missing else l_0_cell), l_2_row, 0, _loop_vars=_loop_vars))
                yield '</p>\n<p style="margin:0;font-weight:600">'
                yield escape(context.call((undefined(name='cell') if l_0_cell is missing else l_0_cell), l_2_row, 1, _loop_vars=_loop_vars))
                yield '</p>\n'
                if ((t_2(l_2_row) > 2) and environment.getitem(l_2_row, 2)):
                    pass
                    yield '<p style="margin:0;color:#6a6357">'
                    yield escape(environment.getitem(l_2_row, 2))
                    yield '</p>'
                yield '</div>\n'
            l_2_row = missing
            yield '</div>\n'
        else:
            pass
            if environment.getattr(l_1_block, 'text'):
                pass
                yield '<h2 style="margin:16px 0 4px;font-size:15px;color:#6a6357">'
                yield escape(environment.getattr(l_1_block, 'text'))
                yield '</h2>'
            yield '<ul style="margin:0 0 16px;padding:0;list-style:none">\n'
            l_2_loop = missing
            for l_2_row, l_2_loop in LoopContext(environment.getattr(l_1_block, 'rows'), undefined):
                _loop_vars = {}
                pass
                yield '<li style="padding:12px 0'
                if (not environment.getattr(l_2_loop, 'last')):
                    pass
                    yield ';border-bottom:1px solid #e6dfd3'
                yield '">'
                if (environment.getattr(l_1_block, 'kind') == 'todo'):
                    pass
                    yield escape(context.call((undefined(name='cell') if l_0_cell is missing else l_0_cell), l_2_row, 0, _loop_vars=_loop_vars))
                    if ((t_2(l_2_row) > 2) and environment.getitem(l_2_row, 2)):
                        pass
                        yield '<br><a href="'
                        yield escape(environment.getitem(l_2_row, 2))
                        yield '" style="color:'
                        yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'mark'))
                        yield ';font-weight:600">'
                        yield escape(environment.getitem(l_2_row, 1))
                        yield '</a>'
                    elif (t_2(l_2_row) > 1):
                        pass
                        yield '<br><span style="color:'
                        yield escape(environment.getattr((undefined(name='c') if l_0_c is missing else l_0_c), 'mark'))
                        yield ';font-weight:600">'
                        yield escape(environment.getitem(l_2_row, 1))
                        yield '</span>'
                else:
                    pass
                    yield '<span style="font-weight:600">'
                    yield escape(context.call((undefined(name='cell') if l_0_cell is missing else l_0_cell), l_2_row, 0, _loop_vars=_loop_vars))
                    yield '</span>'
                    if (t_2(l_2_row) > 1):
                        pass
                        yield '<br><span style="color:#6a6357">'
                        yield escape(t_1(context.eval_ctx, l_2_row[1:], ' · '))
                        yield '</span>'
                yield '</li>\n'
            l_2_loop = l_2_row = missing
            yield '</ul>\n'
    l_1_loop = l_1_block = l_1_most_stamps = l_1_range = missing
    yield '</div>\n<p style="margin:16px 8px 0;font-size:13px;color:#6a6357">'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'reason'):
        pass
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'reason'))
        yield ' '
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'unsubscribe_url'):
        pass
        yield '<a href="'
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'unsubscribe_url'))
        yield '" style="color:#6a6357">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Stop these mails'))
        yield '</a>'
    yield '</p>\n</main>\n</body>\n</html>'

blocks = {}
debug_info = '1=31&3=45&8=47&10=49&11=51&13=57&15=66&16=71&17=74&18=76&19=79&20=81&21=84&22=86&23=89&24=97&25=100&26=104&28=107&29=111&33=125&35=133&37=136&39=140&40=142&41=144&46=154&48=161&49=165&50=169&51=191&58=203&59=207'
