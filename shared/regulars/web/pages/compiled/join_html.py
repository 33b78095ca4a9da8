# mypy: ignore-errors
# Made by scripts/templates from join.html. Do not edit.
digest = 'd7a498f5a5b21241'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'join.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    parent_template = None
    l_0_view = resolve('view')
    l_0_head = l_0_punch = l_0_switch = l_0_tick = l_0_goal = l_0_field = l_0_problem = missing
    try:
        t_1 = environment.filters['safe']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'safe' found.")
    pass
    parent_template = environment.get_template('base.html', 'join.html')
    for name, parent_block in parent_template.blocks.items():
        context.blocks.setdefault(name, []).append(parent_block)
    included_template = environment.get_template('parts.html', 'join.html').make_module(context.get_all(), True, {'field': l_0_field, 'goal': l_0_goal, 'head': l_0_head, 'problem': l_0_problem, 'punch': l_0_punch, 'switch': l_0_switch, 'tick': l_0_tick})
    l_0_head = getattr(included_template, 'head', missing)
    if l_0_head is missing:
        l_0_head = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'join.html') does not export the requested name 'head'", name='head')
    l_0_punch = getattr(included_template, 'punch', missing)
    if l_0_punch is missing:
        l_0_punch = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'join.html') does not export the requested name 'punch'", name='punch')
    l_0_switch = getattr(included_template, 'switch', missing)
    if l_0_switch is missing:
        l_0_switch = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'join.html') does not export the requested name 'switch'", name='switch')
    l_0_tick = getattr(included_template, 'tick', missing)
    if l_0_tick is missing:
        l_0_tick = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'join.html') does not export the requested name 'tick'", name='tick')
    context.vars.update({'head': l_0_head, 'punch': l_0_punch, 'switch': l_0_switch, 'tick': l_0_tick})
    context.exported_vars.difference_update(('head', 'punch', 'switch', 'tick'))
    l_0_goal = environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'goal')
    context.vars['goal'] = l_0_goal
    context.exported_vars.add('goal')
    def macro(l_1_name, l_1_label, l_1_type, l_1_complete, l_1_hint, l_1_extra):
        t_2 = []
        if l_1_name is missing:
            l_1_name = undefined("parameter 'name' was not provided", name='name')
        if l_1_label is missing:
            l_1_label = undefined("parameter 'label' was not provided", name='label')
        if l_1_type is missing:
            l_1_type = undefined("parameter 'type' was not provided", name='type')
        if l_1_complete is missing:
            l_1_complete = undefined("parameter 'complete' was not provided", name='complete')
        if l_1_hint is missing:
            l_1_hint = ''
        if l_1_extra is missing:
            l_1_extra = ''
        pass
        t_2.extend((
            '<div class="field">\n<label for="',
            escape(l_1_name),
            '">',
            escape(l_1_label),
            '</label>\n<input id="',
            escape(l_1_name),
            '" name="',
            escape(l_1_name),
            '" type="',
            escape(l_1_type),
            '" autocomplete="',
            escape(l_1_complete),
            '" value="',
            escape(context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'values'), 'get'), l_1_name, '')),
            '" ',
            escape(t_1(l_1_extra)),
        ))
        if context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'errors'), 'get'), l_1_name):
            pass
            t_2.extend((
                ' aria-invalid="true" aria-describedby="',
                escape(l_1_name),
                '-error"',
            ))
        elif l_1_hint:
            pass
            t_2.extend((
                ' aria-describedby="',
                escape(l_1_name),
                '-hint"',
            ))
        t_2.append(
            '>\n',
        )
        if context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'errors'), 'get'), l_1_name):
            pass
            t_2.extend((
                '<p class="error" id="',
                escape(l_1_name),
                '-error">',
                escape(context.call((undefined(name='problem') if l_0_problem is missing else l_0_problem), l_1_name, environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'errors'), l_1_name))),
                '</p>\n',
            ))
        elif l_1_hint:
            pass
            t_2.extend((
                '<p class="soft" id="',
                escape(l_1_name),
                '-hint">',
                escape(l_1_hint),
                '</p>',
            ))
        t_2.append(
            '</div>\n',
        )
        return concat(t_2)
    context.exported_vars.add('field')
    context.vars['field'] = l_0_field = Macro(environment, macro, 'field', ('name', 'label', 'type', 'complete', 'hint', 'extra'), False, False, False, context.eval_ctx.autoescape)
    def macro(l_1_name, l_1_code):
        t_3 = []
        l_1_t = resolve('t')
        if l_1_name is missing:
            l_1_name = undefined("parameter 'name' was not provided", name='name')
        if l_1_code is missing:
            l_1_code = undefined("parameter 'code' was not provided", name='code')
        pass
        if (l_1_code == 'too_long'):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'This is too long.')),
            )
        elif ((l_1_code == 'taken') and (l_1_name == 'email')):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'There is a card with this address already. If it is yours, its link is in your mailbox now.')),
            )
        elif (l_1_code == 'taken'):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'There is already a card with this. Ask at the counter and we will find it.')),
            )
        elif (l_1_name == 'email'):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'This does not look like an e-mail address.')),
            )
        elif (l_1_name == 'phone'):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'This does not look like a phone number. Start it with + and the country code.')),
            )
        elif (l_1_name == 'birthday'):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'Write the month and the day like this: 05-21.')),
            )
        else:
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'Please look at this again.')),
            )
        return concat(t_3)
    context.exported_vars.add('problem')
    context.vars['problem'] = l_0_problem = Macro(environment, macro, 'problem', ('name', 'code'), False, False, False, context.eval_ctx.autoescape)
    yield from parent_template.root_render_func(context)

def block_title(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_brand = resolve('brand')
    pass
    yield escape(environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'name'))

def block_body(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_tick = resolve('tick')
    l_0_head = resolve('head')
    l_0_brand = resolve('brand')
    l_0_w = resolve('w')
    l_0_view = resolve('view')
    l_0_t = resolve('t')
    l_0_goal = resolve('goal')
    l_0_n = resolve('n')
    l_0_most_stamps = resolve('most_stamps')
    l_0_punch = resolve('punch')
    l_0_field = resolve('field')
    l_0_switch = resolve('switch')
    try:
        t_4 = environment.filters['length']
    except KeyError:
        @internalcode
        def t_4(*unused):
            raise TemplateRuntimeError("No filter named 'length' found.")
    try:
        t_5 = environment.filters['replace']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'replace' found.")
    pass
    yield escape(context.call((undefined(name='tick') if l_0_tick is missing else l_0_tick), _block_vars=_block_vars))
    yield '\n<main class="one">\n'
    yield escape(context.call((undefined(name='head') if l_0_head is missing else l_0_head), (undefined(name='brand') if l_0_brand is missing else l_0_brand), context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'program'), _block_vars=_block_vars), _block_vars=_block_vars))
    yield '\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'errors'):
        pass
        yield '<p class="notice wrong" role="alert">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'One thing needs another look before your card is ready.', _block_vars=_block_vars))
        yield '</p>'
    yield '<form class="join" method="post" action="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'action'))
    yield '">\n<section class="hero">\n'
    if (((undefined(name='goal') if l_0_goal is missing else l_0_goal) and (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have') > 0)) and (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'kind') == 'stamps')):
        pass
        yield '<h1>'
        yield escape(context.call((undefined(name='n') if l_0_n is missing else l_0_n), 'Your first {unit} is waiting', 'Your first {n} {unit} are waiting', environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), unit=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), _block_vars=_block_vars), _block_vars=_block_vars))
        yield '</h1>\n'
    elif ((undefined(name='goal') if l_0_goal is missing else l_0_goal) and (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have') > 0)):
        pass
        yield '<h1>'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{amount} to start with, for you', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), _block_vars=_block_vars), _block_vars=_block_vars))
        yield '</h1>\n'
    else:
        pass
        yield '<h1>'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Your card is waiting', _block_vars=_block_vars))
        yield '</h1>\n'
    if (undefined(name='goal') if l_0_goal is missing else l_0_goal):
        pass
        yield '<p class="lead">'
        if (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'promise') and (0 < environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have') < environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'))):
            pass
            yield escape(t_5(context.eval_ctx, context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'promise'), (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need') - environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have')), _block_vars=_block_vars), '{n}', context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need') - environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have')), _block_vars=_block_vars)))
        else:
            pass
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Collect {amount} and it is yours: {reward}', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars), reward=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'reward'), _block_vars=_block_vars), _block_vars=_block_vars))
        yield '</p>\n'
        if ((environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'kind') == 'stamps') and (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need') <= (undefined(name='most_stamps') if l_0_most_stamps is missing else l_0_most_stamps))):
            pass
            yield escape(context.call((undefined(name='punch') if l_0_punch is missing else l_0_punch), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{have} of {need} {unit}', have=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), _block_vars=_block_vars), need=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars), unit=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars), _block_vars=_block_vars), environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'icon'), _block_vars=_block_vars))
            yield '\n'
    yield '<button class="button go" type="submit">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Get my card', _block_vars=_block_vars))
    yield '</button>\n</section>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'card_path'):
        pass
        yield '<a class="button quiet" href="'
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'card_path'))
        yield '">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'I already have one: open my card', _block_vars=_block_vars))
        yield '</a>\n'
    yield '<p class="soft aside">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'No app, no password. Your card opens right here, in the browser.', _block_vars=_block_vars))
    yield '</p>\n<details class="panel more"'
    if (environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'errors') or environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'values')):
        pass
        yield ' open'
    yield '>\n<summary>'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Add your name or e-mail, if you like', _block_vars=_block_vars))
    yield '</summary>\n<div class="fields">\n<p class="soft">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'With an e-mail or phone number we can give your card back if you lose it.', _block_vars=_block_vars))
    yield '</p>\n'
    yield escape(context.call((undefined(name='field') if l_0_field is missing else l_0_field), 'name', context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'What may we call you?', _block_vars=_block_vars), 'text', 'name', extra='maxlength="80"', _block_vars=_block_vars))
    yield '\n'
    yield escape(context.call((undefined(name='field') if l_0_field is missing else l_0_field), 'email', context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'E-mail', _block_vars=_block_vars), 'email', 'email', extra='maxlength="254"', _block_vars=_block_vars))
    yield '\n'
    yield escape(context.call((undefined(name='field') if l_0_field is missing else l_0_field), 'phone', context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Phone', _block_vars=_block_vars), 'tel', 'tel', extra='maxlength="32"', _block_vars=_block_vars))
    yield '\n'
    yield escape(context.call((undefined(name='field') if l_0_field is missing else l_0_field), 'birthday', context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Birthday', _block_vars=_block_vars), 'text', 'off', context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Month and day, for example 05-21. There may be a surprise.', _block_vars=_block_vars), 'inputmode="numeric" maxlength="10"', _block_vars=_block_vars))
    yield '\n'
    if (t_4(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'languages')) > 1):
        pass
        yield '<div class="field">\n<label for="language">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Language', _block_vars=_block_vars))
        yield '</label>\n<select id="language" name="language">\n'
        for l_1_code in environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'languages'):
            l_1_language_name = resolve('language_name')
            _loop_vars = {}
            pass
            yield '<option value="'
            yield escape(l_1_code)
            yield '" lang="'
            yield escape(l_1_code)
            yield '"'
            if (l_1_code == context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'values'), 'get'), 'language', environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'lang'), _loop_vars=_loop_vars)):
                pass
                yield ' selected'
            yield '>'
            yield escape(context.call((undefined(name='language_name') if l_1_language_name is missing else l_1_language_name), l_1_code, _loop_vars=_loop_vars))
            yield '</option>\n'
        l_1_code = l_1_language_name = missing
        yield '</select>\n</div>\n'
    yield '<div>\n<label class="check"><input type="checkbox" name="consent_email" value="1"'
    if context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'values'), 'get'), 'consent_email', _block_vars=_block_vars):
        pass
        yield ' checked'
    yield '> <span>'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Write to me by e-mail about my card and offers', _block_vars=_block_vars))
    yield '</span></label>\n<label class="check"><input type="checkbox" name="consent_sms" value="1"'
    if context.call(environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'values'), 'get'), 'consent_sms', _block_vars=_block_vars):
        pass
        yield ' checked'
    yield '> <span>'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Write to me by SMS about my card and offers', _block_vars=_block_vars))
    yield '</span></label>\n</div>\n<button class="button" type="submit">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Get my card', _block_vars=_block_vars))
    yield '</button>\n</div>\n</details>\n<div class="hp" aria-hidden="true"><label>Website <input name="website" tabindex="-1" autocomplete="off"></label></div>\n'
    if (t_4(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'languages')) <= 1):
        pass
        yield '<input type="hidden" name="language" value="'
        yield escape(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'lang'))
        yield '">'
    yield '<input type="hidden" name="source" value="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'source'))
    yield '">\n<input type="hidden" name="ref" value="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'ref'))
    yield '">\n<input type="hidden" name="once" value="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'once'))
    yield '">\n</form>\n'
    yield escape(context.call((undefined(name='switch') if l_0_switch is missing else l_0_switch), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'languages'), (undefined(name='w') if l_0_w is missing else l_0_w), (undefined(name='t') if l_0_t is missing else l_0_t), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'action'), _block_vars=_block_vars))
    yield '\n</main>\n'

blocks = {'title': block_title, 'body': block_body}
debug_info = '1=20&2=23&3=38&5=41&7=58&8=62&9=74&10=91&11=100&14=115&15=123&16=128&17=133&18=138&19=143&20=148&21=156&4=163&23=174&24=206&26=208&27=210&28=216&30=218&31=221&32=223&33=226&35=231&37=233&38=236&39=243&40=245&43=248&45=250&46=253&48=258&49=260&50=264&52=266&53=268&54=270&55=272&56=274&57=276&59=279&61=281&62=286&68=299&69=305&71=311&75=313&76=319&77=321&78=323&80=325'
