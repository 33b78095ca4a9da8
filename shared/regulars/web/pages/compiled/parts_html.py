# mypy: ignore-errors
# Made by scripts/templates from parts.html. Do not edit.
digest = '2906ebf5198157ca'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'parts.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_icon = l_0_head = l_0_punch = l_0_tick = l_0_switch = missing
    try:
        t_1 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    pass
    def macro(l_1_name):
        t_2 = []
        if l_1_name is missing:
            l_1_name = undefined("parameter 'name' was not provided", name='name')
        pass
        t_2.append(
            '<svg viewBox="0 0 24 24" aria-hidden="true">',
        )
        if (l_1_name == 'cup'):
            pass
            t_2.append(
                '<path d="M5 10h11v5a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 11h1.5a2.5 2.5 0 0 1 0 5H16M8.5 4.5c-.8 1 .8 1.6 0 2.7M12.5 4.5c-.8 1 .8 1.6 0 2.7"/>',
            )
        elif (l_1_name == 'scissors'):
            pass
            t_2.append(
                '<path d="M8.2 8.2 19 18M8.2 15.8 19 6M6 9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6 20a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"/>',
            )
        elif (l_1_name == 'plate'):
            pass
            t_2.append(
                '<path d="M7 4v16M4.5 4v4a2.5 2.5 0 0 0 5 0V4M17 20v-6h-2.5V8c0-2.5 1.2-4 2.5-4z"/>',
            )
        elif (l_1_name == 'book'):
            pass
            t_2.append(
                '<path d="M12 7c-2-1.6-4.5-2-7.5-2v12.5c3 0 5.5.4 7.5 2 2-1.6 4.5-2 7.5-2V5c-3 0-5.5.4-7.5 2zm0 0v12.5"/>',
            )
        elif (l_1_name == 'bread'):
            pass
            t_2.append(
                '<path d="M7 19h10v-7.5a3.5 3.5 0 0 0-1-6.5H8a3.5 3.5 0 0 0-1 6.5zM10.5 9v2M13.5 9v2"/>',
            )
        elif (l_1_name == 'drop'):
            pass
            t_2.append(
                '<path d="M12 4c3.3 4 5.5 6.6 5.5 9.5a5.5 5.5 0 0 1-11 0C6.5 10.6 8.7 8 12 4z"/>',
            )
        elif (l_1_name == 'paw'):
            pass
            t_2.append(
                '<path d="M12 12c-2.5 0-4.8 3-4.8 5 0 1.6 1.3 2.2 2.4 2 1-.2 1.5-.6 2.4-.6s1.4.4 2.4.6c1.1.2 2.4-.4 2.4-2 0-2-2.3-5-4.8-5zM5 10.5v1M9 6v1.5M15 6v1.5M19 10.5v1"/>',
            )
        else:
            pass
            t_2.append(
                '<path d="M4.5 9h15v3.5h-15zM6 12.5V20h12v-7.5M12 9v11M12 9C9 9 7.5 7.6 7.5 6.2 7.5 4 11 3.5 12 9zm0 0c3 0 4.5-1.4 4.5-2.8C16.5 4 13 3.5 12 9z"/>',
            )
        t_2.append(
            '</svg>',
        )
        return concat(t_2)
    context.exported_vars.add('icon')
    context.vars['icon'] = l_0_icon = Macro(environment, macro, 'icon', ('name',), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_brand, l_1_under):
        t_3 = []
        l_1_initial = resolve('initial')
        if l_1_brand is missing:
            l_1_brand = undefined("parameter 'brand' was not provided", name='brand')
        if l_1_under is missing:
            l_1_under = ''
        pass
        t_3.extend((
            '<header class="shop">\n<span class="tile" aria-hidden="true">',
            escape(context.call((undefined(name='initial') if l_1_initial is missing else l_1_initial), environment.getattr(l_1_brand, 'name'))),
            '</span>\n<div><p class="name">',
            escape(environment.getattr(l_1_brand, 'name')),
            '</p>',
        ))
        if l_1_under:
            pass
            t_3.extend((
                '<p class="soft">',
                escape(l_1_under),
                '</p>',
            ))
        t_3.append(
            '</div>\n</header>',
        )
        return concat(t_3)
    context.exported_vars.add('head')
    context.vars['head'] = l_0_head = Macro(environment, macro, 'head', ('brand', 'under'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_have, l_1_need, l_1_label, l_1_goal_icon):
        t_4 = []
        l_1_columns = resolve('columns')
        l_1_range = resolve('range')
        if l_1_have is missing:
            l_1_have = undefined("parameter 'have' was not provided", name='have')
        if l_1_need is missing:
            l_1_need = undefined("parameter 'need' was not provided", name='need')
        if l_1_label is missing:
            l_1_label = undefined("parameter 'label' was not provided", name='label')
        if l_1_goal_icon is missing:
            l_1_goal_icon = undefined("parameter 'goal_icon' was not provided", name='goal_icon')
        pass
        t_4.extend((
            '<div class="stamps c',
            escape(context.call((undefined(name='columns') if l_1_columns is missing else l_1_columns), l_1_need)),
            escape((' small' if (l_1_need > 12) else cond_expr_undefined("the inline if-expression on line 31 in 'parts.html' evaluated to false and no else section was defined."))),
            '" role="img" aria-label="',
            escape(l_1_label),
            '" data-have="',
            escape(l_1_have),
            '">\n',
        ))
        for l_2_place in context.call((undefined(name='range') if l_1_range is missing else l_1_range), 1, (l_1_need + 1)):
            _loop_vars = {}
            pass
            t_4.extend((
                '<i class="',
                escape(('on' if (l_2_place <= l_1_have) else cond_expr_undefined("the inline if-expression on line 33 in 'parts.html' evaluated to false and no else section was defined."))),
                escape((' goal' if (l_2_place == l_1_need) else cond_expr_undefined("the inline if-expression on line 33 in 'parts.html' evaluated to false and no else section was defined."))),
                '">',
            ))
            if (l_2_place == l_1_need):
                pass
                t_4.append(
                    escape(context.call((undefined(name='icon') if l_0_icon is missing else l_0_icon), l_1_goal_icon, _loop_vars=_loop_vars)),
                )
            elif (l_2_place <= l_1_have):
                pass
                t_4.append(
                    '<svg viewBox="0 0 24 24"><use href="#tick"/></svg>',
                )
            else:
                pass
                t_4.append(
                    escape(l_2_place),
                )
            t_4.append(
                '</i>\n',
            )
        l_2_place = missing
        t_4.append(
            '</div>',
        )
        return concat(t_4)
    context.exported_vars.add('punch')
    context.vars['punch'] = l_0_punch = Macro(environment, macro, 'punch', ('have', 'need', 'label', 'goal_icon'), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro():
        t_5 = []
        pass
        t_5.append(
            '<svg hidden><symbol id="tick" viewBox="0 0 24 24"><path d="m5.5 12.5 4 4 9-9"/></symbol></svg>',
        )
        return concat(t_5)
    context.exported_vars.add('tick')
    context.vars['tick'] = l_0_tick = Macro(environment, macro, 'tick', (), False, False, False, context.eval_ctx.autoescape)
    yield '\n'
    def macro(l_1_languages, l_1_w, l_1_t, l_1_path):
        t_6 = []
        if l_1_languages is missing:
            l_1_languages = undefined("parameter 'languages' was not provided", name='languages')
        if l_1_w is missing:
            l_1_w = undefined("parameter 'w' was not provided", name='w')
        if l_1_t is missing:
            l_1_t = undefined("parameter 't' was not provided", name='t')
        if l_1_path is missing:
            l_1_path = ''
        pass
        if (t_1(l_1_languages) > 1):
            pass
            t_6.extend((
                '<nav class="languages" aria-label="',
                escape(context.call(l_1_t, 'Language')),
                '">\n',
            ))
            for l_2_code in l_1_languages:
                l_2_language_name = resolve('language_name')
                _loop_vars = {}
                pass
                t_6.extend((
                    '<a href="',
                    escape(l_1_path),
                    '?lang=',
                    escape(l_2_code),
                    '" lang="',
                    escape(l_2_code),
                    '" hreflang="',
                    escape(l_2_code),
                    '"',
                ))
                if (l_2_code == environment.getattr(l_1_w, 'lang')):
                    pass
                    t_6.append(
                        ' aria-current="true"',
                    )
                t_6.extend((
                    '>',
                    escape(context.call((undefined(name='language_name') if l_2_language_name is missing else l_2_language_name), l_2_code, _loop_vars=_loop_vars)),
                    '</a>\n',
                ))
            l_2_code = l_2_language_name = missing
            t_6.append(
                '</nav>\n',
            )
        return concat(t_6)
    context.exported_vars.add('switch')
    context.vars['switch'] = l_0_switch = Macro(environment, macro, 'switch', ('languages', 'w', 't', 'path'), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '1=18&3=26&5=31&7=36&9=41&11=46&13=51&15=56&23=73&25=83&26=85&30=102&31=117&32=125&33=130&34=134&35=139&36=147&41=160&45=170&46=181&47=185&48=188&49=194'
