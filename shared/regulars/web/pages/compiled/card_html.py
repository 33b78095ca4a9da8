# mypy: ignore-errors
# Made by scripts/templates from card.html. Do not edit.
digest = '0bc7da9689cf7614'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'card.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    parent_template = None
    l_0_view = resolve('view')
    l_0_local = resolve('local')
    l_0_head = l_0_punch = l_0_switch = l_0_tick = l_0_goal = l_0_today = l_0_missing = l_0_promise = l_0_amounts = missing
    try:
        t_1 = environment.filters['max']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'max' found.")
    try:
        t_2 = environment.filters['replace']
    except KeyError:
        @internalcode
        def t_2(*unused):
            raise TemplateRuntimeError("No filter named 'replace' found.")
    pass
    parent_template = environment.get_template('base.html', 'card.html')
    for name, parent_block in parent_template.blocks.items():
        context.blocks.setdefault(name, []).append(parent_block)
    included_template = environment.get_template('parts.html', 'card.html').make_module(context.get_all(), True, {'amounts': l_0_amounts, 'goal': l_0_goal, 'head': l_0_head, 'missing': l_0_missing, 'promise': l_0_promise, 'punch': l_0_punch, 'switch': l_0_switch, 'tick': l_0_tick, 'today': l_0_today})
    l_0_head = getattr(included_template, 'head', missing)
    if l_0_head is missing:
        l_0_head = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'card.html') does not export the requested name 'head'", name='head')
    l_0_punch = getattr(included_template, 'punch', missing)
    if l_0_punch is missing:
        l_0_punch = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'card.html') does not export the requested name 'punch'", name='punch')
    l_0_switch = getattr(included_template, 'switch', missing)
    if l_0_switch is missing:
        l_0_switch = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'card.html') does not export the requested name 'switch'", name='switch')
    l_0_tick = getattr(included_template, 'tick', missing)
    if l_0_tick is missing:
        l_0_tick = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'card.html') does not export the requested name 'tick'", name='tick')
    context.vars.update({'head': l_0_head, 'punch': l_0_punch, 'switch': l_0_switch, 'tick': l_0_tick})
    context.exported_vars.difference_update(('head', 'punch', 'switch', 'tick'))
    l_0_goal = environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'goal')
    context.vars['goal'] = l_0_goal
    context.exported_vars.add('goal')
    l_0_today = context.call((undefined(name='local') if l_0_local is missing else l_0_local), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'now'))
    context.vars['today'] = l_0_today
    context.exported_vars.add('today')
    l_0_missing = (t_1(environment, [((environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need') - environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have')) + environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'owed')), 0]) if (undefined(name='goal') if l_0_goal is missing else l_0_goal) else 0)
    context.vars['missing'] = l_0_missing
    context.exported_vars.add('missing')
    def macro():
        t_3 = []
        l_1_t = resolve('t')
        l_1_w = resolve('w')
        pass
        if ((undefined(name='goal') if l_0_goal is missing else l_0_goal) and environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'waiting')):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'Waiting for you: {reward}', reward=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'pick'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'reward')))),
            )
        elif (((undefined(name='goal') if l_0_goal is missing else l_0_goal) and (undefined(name='missing') if l_0_missing is missing else l_0_missing)) and environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'promise')):
            pass
            t_3.append(
                escape(t_2(context.eval_ctx, context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'promise'), (undefined(name='missing') if l_0_missing is missing else l_0_missing)), '{n}', context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'number'), (undefined(name='missing') if l_0_missing is missing else l_0_missing)))),
            )
        elif ((undefined(name='goal') if l_0_goal is missing else l_0_goal) and (undefined(name='missing') if l_0_missing is missing else l_0_missing)):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), '{n} more {unit} and it is yours: {reward}', n=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'number'), (undefined(name='missing') if l_0_missing is missing else l_0_missing)), unit=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), (undefined(name='missing') if l_0_missing is missing else l_0_missing)), reward=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'pick'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'reward')))),
            )
        elif environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'vouchers'):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'Waiting for you: {reward}', reward=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'pick'), environment.getattr(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'vouchers'), 0), 'name')))),
            )
        elif (undefined(name='goal') if l_0_goal is missing else l_0_goal):
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'You have enough for this: {reward}', reward=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'pick'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'reward')))),
            )
        else:
            pass
            t_3.append(
                escape(context.call((undefined(name='t') if l_1_t is missing else l_1_t), 'Good to see you')),
            )
        return concat(t_3)
    context.exported_vars.add('promise')
    context.vars['promise'] = l_0_promise = Macro(environment, macro, 'promise', (), False, False, False, context.eval_ctx.autoescape)
    def macro(l_1_event):
        t_4 = []
        if l_1_event is missing:
            l_1_event = undefined("parameter 'event' was not provided", name='event')
        pass
        l_2_loop = missing
        for l_2_change, l_2_loop in LoopContext(environment.getattr(l_1_event, 'changes'), undefined):
            l_2_w = resolve('w')
            _loop_vars = {}
            pass
            t_4.extend((
                escape(context.call(environment.getattr((undefined(name='w') if l_2_w is missing else l_2_w), 'signed'), environment.getattr(l_2_change, 'amount'), _loop_vars=_loop_vars)),
                ' ',
                escape(context.call(environment.getattr((undefined(name='w') if l_2_w is missing else l_2_w), 'unit'), environment.getattr(l_2_change, 'unit'), environment.getattr(l_2_change, 'amount'), _loop_vars=_loop_vars)),
                escape((', ' if (not environment.getattr(l_2_loop, 'last')) else cond_expr_undefined("the inline if-expression on line 24 in 'card.html' evaluated to false and no else section was defined."))),
            ))
        l_2_loop = l_2_change = l_2_w = missing
        return concat(t_4)
    context.exported_vars.add('amounts')
    context.vars['amounts'] = l_0_amounts = Macro(environment, macro, 'amounts', ('event',), False, False, False, context.eval_ctx.autoescape)
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

def block_head(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_asset = resolve('asset')
    pass
    yield '<script src="'
    yield escape(context.call((undefined(name='asset') if l_0_asset is missing else l_0_asset), 'card.js', _block_vars=_block_vars))
    yield '" defer></script>'

def block_body(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_tick = resolve('tick')
    l_0_view = resolve('view')
    l_0_head = resolve('head')
    l_0_brand = resolve('brand')
    l_0_t = resolve('t')
    l_0_w = resolve('w')
    l_0_promise = resolve('promise')
    l_0_goal = resolve('goal')
    l_0_most_stamps = resolve('most_stamps')
    l_0_punch = resolve('punch')
    l_0_share = resolve('share')
    l_0_qr = resolve('qr')
    l_0_code_groups = resolve('code_groups')
    l_0_rest = resolve('rest')
    l_0_n = resolve('n')
    l_0_more = resolve('more')
    l_0_next = resolve('next')
    l_0_rich = resolve('rich')
    l_0_switch = resolve('switch')
    l_0_tier = l_0_owing = missing
    try:
        t_5 = environment.filters['int']
    except KeyError:
        @internalcode
        def t_5(*unused):
            raise TemplateRuntimeError("No filter named 'int' found.")
    try:
        t_6 = environment.filters['list']
    except KeyError:
        @internalcode
        def t_6(*unused):
            raise TemplateRuntimeError("No filter named 'list' found.")
    try:
        t_1 = environment.filters['max']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'max' found.")
    try:
        t_7 = environment.filters['selectattr']
    except KeyError:
        @internalcode
        def t_7(*unused):
            raise TemplateRuntimeError("No filter named 'selectattr' found.")
    pass
    yield escape(context.call((undefined(name='tick') if l_0_tick is missing else l_0_tick), _block_vars=_block_vars))
    yield '\n<main class="card" data-path="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'path'))
    yield '" data-etag="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'etag'))
    yield '">\n'
    yield escape(context.call((undefined(name='head') if l_0_head is missing else l_0_head), (undefined(name='brand') if l_0_brand is missing else l_0_brand), (context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{name}’s card', name=environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'name'), _block_vars=_block_vars) if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'name') else context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Your card', _block_vars=_block_vars)), _block_vars=_block_vars))
    yield '\n<p class="notice" role="status" id="notice"'
    if (not environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'notice')):
        pass
        yield ' hidden'
    yield '>'
    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'sentence'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'notice'), _block_vars=_block_vars))
    yield '</p>\n<div class="col">\n<section class="hero" id="hero">\n<h1 aria-live="polite">'
    yield escape(context.call((undefined(name='promise') if l_0_promise is missing else l_0_promise), _block_vars=_block_vars))
    yield '</h1>\n'
    if (((undefined(name='goal') if l_0_goal is missing else l_0_goal) and (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'kind') == 'stamps')) and (environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need') <= (undefined(name='most_stamps') if l_0_most_stamps is missing else l_0_most_stamps))):
        pass
        yield escape(context.call((undefined(name='punch') if l_0_punch is missing else l_0_punch), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{have} of {need} {unit}', have=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), _block_vars=_block_vars), need=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars), unit=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars), _block_vars=_block_vars), environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'icon'), _block_vars=_block_vars))
        yield '\n'
    elif (undefined(name='goal') if l_0_goal is missing else l_0_goal):
        pass
        yield '<div><p class="count"><b>'
        yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), _block_vars=_block_vars))
        yield '</b> <span>/ '
        yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'unit'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars))
        yield '</span></p>\n<progress class="bar" max="100" value="'
        yield escape(context.call((undefined(name='share') if l_0_share is missing else l_0_share), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'have'), environment.getattr((undefined(name='goal') if l_0_goal is missing else l_0_goal), 'need'), _block_vars=_block_vars))
        yield '" aria-label="'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'The way to the reward', _block_vars=_block_vars))
        yield '"></progress></div>\n'
    if (environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history') and environment.getattr(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history'), 0), 'changes')):
        pass
        yield '<p class="under">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Last {when}', when=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'when'), environment.getattr(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history'), 0), 'at'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'zone'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'now'), _block_vars=_block_vars), _block_vars=_block_vars))
        if environment.getattr(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history'), 0), 'why'):
            pass
            yield ' · '
            yield escape(environment.getattr(environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history'), 0), 'why'))
        yield '</p>\n'
    else:
        pass
        yield '<p class="under">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Show your code at the counter, and it starts to fill.', _block_vars=_block_vars))
        yield '</p>\n'
    yield '</section>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'code'):
        pass
        yield '<section class="panel code" id="code" aria-label="'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Your code', _block_vars=_block_vars))
        yield '" data-left="'
        yield escape(t_1(environment, [t_5((context.call(environment.getattr((environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'code'), 'expires_at') - environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'now')), 'total_seconds'), _block_vars=_block_vars) * 1000)), 0]))
        yield '" data-life="'
        yield escape((environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'code'), 'lifetime_s') * 1000))
        yield '">\n<button class="see" type="button" id="see" aria-pressed="false" aria-label="'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Make the code bigger', _block_vars=_block_vars))
        yield '">'
        yield escape(context.call((undefined(name='qr') if l_0_qr is missing else l_0_qr), environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'code'), 'url'), _block_vars=_block_vars))
        yield '</button>\n<div>\n<p class="soft">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Show this at the counter', _block_vars=_block_vars))
        yield '</p>\n<b class="typed" id="typed">'
        yield escape(context.call((undefined(name='code_groups') if l_0_code_groups is missing else l_0_code_groups), environment.getattr(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'code'), 'text'), _block_vars=_block_vars))
        yield '</b>\n<div class="left" aria-hidden="true"><i id="left"></i></div>\n<p class="soft" id="until" data-text="'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'new code in {s} s', s='{s}', _block_vars=_block_vars))
        yield '" data-again="'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'No connection. Trying again.', _block_vars=_block_vars))
        yield '"><a href="'
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'path'))
        yield '">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Get a new code', _block_vars=_block_vars))
        yield '</a></p>\n</div>\n</section>\n'
    yield '<div id="vouchers" class="col">\n'
    l_1_loop = missing
    for l_1_voucher, l_1_loop in LoopContext(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'vouchers'), undefined):
        l_1_last_day = resolve('last_day')
        l_1_today = resolve('today')
        _loop_vars = {}
        pass
        yield '<details class="voucher" name="voucher" data-code="'
        yield escape(environment.getattr(l_1_voucher, 'code'))
        yield '">\n<summary><span><span class="name">'
        yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr(l_1_voucher, 'name'), _loop_vars=_loop_vars))
        yield '</span><br><span class="soft">'
        if environment.getattr(l_1_voucher, 'locked_because'):
            pass
            yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'sentence'), environment.getattr(l_1_voucher, 'locked_because'), _loop_vars=_loop_vars))
        elif environment.getattr(l_1_voucher, 'expires_at'):
            pass
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Ready for you, until {date}', date=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'day'), context.call((undefined(name='last_day') if l_1_last_day is missing else l_1_last_day), environment.getattr(l_1_voucher, 'expires_at'), _loop_vars=_loop_vars), (undefined(name='today') if l_1_today is missing else l_1_today), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
        else:
            pass
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Ready for you', _loop_vars=_loop_vars))
        yield '</span></span>\n<span class="button"><span class="show">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Show', _loop_vars=_loop_vars))
        yield '</span><span class="hide">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Hide', _loop_vars=_loop_vars))
        yield '</span></span></summary>\n<div class="inside">\n'
        if (environment.getattr(l_1_loop, 'index') <= 5):
            pass
            yield escape(context.call((undefined(name='qr') if l_0_qr is missing else l_0_qr), environment.getattr(l_1_voucher, 'url'), _loop_vars=_loop_vars))
        yield '<b class="typed">'
        yield escape(context.call((undefined(name='code_groups') if l_0_code_groups is missing else l_0_code_groups), environment.getattr(l_1_voucher, 'code'), _loop_vars=_loop_vars))
        yield '</b>\n<p class="soft">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Show this at the counter when you want it.', _loop_vars=_loop_vars))
        yield '</p>\n</div>\n</details>\n'
    l_1_loop = l_1_voucher = l_1_last_day = l_1_today = missing
    yield '</div>\n</div>\n<div class="col">\n<div id="tier" class="col">\n'
    l_0_tier = environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'tier')
    _block_vars['tier'] = l_0_tier
    if (undefined(name='tier') if l_0_tier is missing else l_0_tier):
        pass
        yield '<section class="panel">\n<div class="row base"><h2 class="title">'
        yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'name'), _block_vars=_block_vars))
        yield '</h2>\n'
        if (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next') and (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'target') > 0)):
            pass
            yield '<p class="sum">'
            if (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'metric') == 'spend'):
                pass
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'money_of'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'value'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'target'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'currency'), _block_vars=_block_vars))
            else:
                pass
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'value'), _block_vars=_block_vars))
                yield ' / '
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'target'), _block_vars=_block_vars))
            yield '</p>\n'
        yield '</div>\n'
        if (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next') and (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'target') > 0)):
            pass
            yield '<progress class="bar" max="100" value="'
            yield escape(context.call((undefined(name='share') if l_0_share is missing else l_0_share), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'value'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'target'), _block_vars=_block_vars))
            yield '" aria-label="'
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'The way to {tier}', tier=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next'), _block_vars=_block_vars), _block_vars=_block_vars))
            yield '"></progress>\n'
            l_0_rest = t_1(environment, [(environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'target') - environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'value')), 0])
            _block_vars['rest'] = l_0_rest
            l_0_more = (context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'money'), (undefined(name='rest') if l_0_rest is missing else l_0_rest), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'currency'), _block_vars=_block_vars) if (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'metric') == 'spend') else (context.call((undefined(name='n') if l_0_n is missing else l_0_n), '{n} visit', '{n} visits', (undefined(name='rest') if l_0_rest is missing else l_0_rest), _block_vars=_block_vars) if (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'metric') == 'visits') else context.call((undefined(name='n') if l_0_n is missing else l_0_n), '{n} point', '{n} points', (undefined(name='rest') if l_0_rest is missing else l_0_rest), _block_vars=_block_vars)))
            _block_vars['more'] = l_0_more
            t_8 = []
            pass
            t_8.extend((
                '<b>',
                escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next'))),
                '</b>',
            ))
            l_0_next = (Markup if context.eval_ctx.autoescape else identity)(concat(t_8))
            _block_vars['next'] = l_0_next
            yield '<p class="soft after">'
            if (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'window') == 'month'):
                pass
                yield escape(context.call((undefined(name='rich') if l_0_rich is missing else l_0_rich), '{more} more this month and you are {tier}', more=(undefined(name='more') if l_0_more is missing else l_0_more), tier=(undefined(name='next') if l_0_next is missing else l_0_next), _block_vars=_block_vars))
            elif (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'window') == 'quarter'):
                pass
                yield escape(context.call((undefined(name='rich') if l_0_rich is missing else l_0_rich), '{more} more this quarter and you are {tier}', more=(undefined(name='more') if l_0_more is missing else l_0_more), tier=(undefined(name='next') if l_0_next is missing else l_0_next), _block_vars=_block_vars))
            elif (environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'window') == 'year'):
                pass
                yield escape(context.call((undefined(name='rich') if l_0_rich is missing else l_0_rich), '{more} more this year and you are {tier}', more=(undefined(name='more') if l_0_more is missing else l_0_more), tier=(undefined(name='next') if l_0_next is missing else l_0_next), _block_vars=_block_vars))
            else:
                pass
                yield escape(context.call((undefined(name='rich') if l_0_rich is missing else l_0_rich), '{more} more and you are {tier}', more=(undefined(name='more') if l_0_more is missing else l_0_more), tier=(undefined(name='next') if l_0_next is missing else l_0_next), _block_vars=_block_vars))
            if environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next_perks'):
                pass
                yield ': '
                l_1_loop = missing
                for l_1_perk, l_1_loop in LoopContext(environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next_perks'), undefined):
                    _loop_vars = {}
                    pass
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), l_1_perk, _loop_vars=_loop_vars))
                    yield escape((', ' if (not environment.getattr(l_1_loop, 'last')) else cond_expr_undefined("the inline if-expression on line 92 in 'card.html' evaluated to false and no else section was defined.")))
                l_1_loop = l_1_perk = missing
            yield '.</p>\n'
        elif environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next'):
            pass
            yield '<p class="soft after">'
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Next: {tier}', tier=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next'), _block_vars=_block_vars), _block_vars=_block_vars))
            if environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next_perks'):
                pass
                yield '. '
                l_1_loop = missing
                for l_1_perk, l_1_loop in LoopContext(environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'next_perks'), undefined):
                    _loop_vars = {}
                    pass
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), l_1_perk, _loop_vars=_loop_vars))
                    yield escape((', ' if (not environment.getattr(l_1_loop, 'last')) else cond_expr_undefined("the inline if-expression on line 94 in 'card.html' evaluated to false and no else section was defined.")))
                l_1_loop = l_1_perk = missing
            yield '</p>\n'
        if environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'perks'):
            pass
            yield '<ul class="perks" aria-label="'
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'What you get', _block_vars=_block_vars))
            yield '">'
            for l_1_perk in environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'perks'):
                _loop_vars = {}
                pass
                yield '<li>'
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), l_1_perk, _loop_vars=_loop_vars))
                yield '</li>'
            l_1_perk = missing
            yield '</ul>\n'
        if environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'until'):
            pass
            yield '<p class="soft after">'
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Yours until {date}', date=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'date'), environment.getattr((undefined(name='tier') if l_0_tier is missing else l_0_tier), 'until'), _block_vars=_block_vars), _block_vars=_block_vars))
            yield '</p>'
        yield '</section>\n'
    yield '</div>\n<div id="rewards" class="col">\n'
    l_0_owing = t_6(context.eval_ctx, t_7(context, environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'balances'), 'debt'))
    _block_vars['owing'] = l_0_owing
    if (((environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'rewards') or environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'expiring')) or (undefined(name='owing') if l_0_owing is missing else l_0_owing)) or t_6(context.eval_ctx, t_7(context, environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'balances'), 'pending'))):
        pass
        yield '<section class="panel">\n<div class="row base"><h2>'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Rewards', _block_vars=_block_vars))
        yield '</h2>\n<p class="strong">'
        l_1_loop = missing
        for l_1_balance, l_1_loop in LoopContext(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'balances'), undefined):
            _loop_vars = {}
            pass
            yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr(l_1_balance, 'unit'), environment.getattr(l_1_balance, 'available'), _loop_vars=_loop_vars))
            yield escape((' · ' if (not environment.getattr(l_1_loop, 'last')) else cond_expr_undefined("the inline if-expression on line 108 in 'card.html' evaluated to false and no else section was defined.")))
        l_1_loop = l_1_balance = missing
        yield '</p></div>\n'
        for l_1_balance in environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'balances'):
            _loop_vars = {}
            pass
            if environment.getattr(l_1_balance, 'pending'):
                pass
                yield '<p class="soft after">'
                yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{amount} on the way', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr(l_1_balance, 'unit'), environment.getattr(l_1_balance, 'pending'), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
                yield '</p>'
            if environment.getattr(l_1_balance, 'debt'):
                pass
                yield '<p class="soft after">'
                yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{amount} to make up for after a refund; the next ones go there first', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr(l_1_balance, 'unit'), environment.getattr(l_1_balance, 'debt'), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
                yield '</p>'
        l_1_balance = missing
        for l_1_soon in environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'expiring'):
            l_1_today = resolve('today')
            _loop_vars = {}
            pass
            yield '<p class="after"><span class="strong">'
            yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr(l_1_soon, 'unit'), environment.getattr(l_1_soon, 'amount'), _loop_vars=_loop_vars))
            yield '</span> '
            yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'can be used until {date}', date=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'day'), environment.getattr(l_1_soon, 'on'), (undefined(name='today') if l_1_today is missing else l_1_today), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
            yield '</p>\n'
        l_1_soon = l_1_today = missing
        if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'rewards'):
            pass
            yield '<ul class="list">\n'
            for l_1_reward in environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'rewards'):
                l_1_lack = missing
                _loop_vars = {}
                pass
                l_1_lack = t_1(environment, [(environment.getattr(l_1_reward, 'cost') - environment.getattr(l_1_reward, 'have')), 0])
                _loop_vars['lack'] = l_1_lack
                yield '<li class="row"><div><p class="strong">'
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr(l_1_reward, 'name'), _loop_vars=_loop_vars))
                yield '</p>\n<p class="soft">'
                if environment.getattr(l_1_reward, 'affordable'):
                    pass
                    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{amount} · ready now', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr(l_1_reward, 'unit'), environment.getattr(l_1_reward, 'cost'), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
                elif environment.getattr(l_1_reward, 'locked_because'):
                    pass
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'sentence'), environment.getattr(l_1_reward, 'locked_because'), _loop_vars=_loop_vars))
                else:
                    pass
                    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{amount} to go', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getattr(l_1_reward, 'unit'), (undefined(name='lack') if l_1_lack is missing else l_1_lack), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
                yield '</p></div>\n'
                if (environment.getattr(l_1_reward, 'affordable') and (not environment.getattr(l_1_reward, 'automatic'))):
                    pass
                    yield '<form method="post" action="'
                    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'path'))
                    yield '/vouchers"><input type="hidden" name="reward_id" value="'
                    yield escape(environment.getattr(l_1_reward, 'reward_id'))
                    yield '"><input type="hidden" name="once" value="'
                    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'once'))
                    yield '">\n<button class="button" type="submit" aria-label="'
                    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Get it', _loop_vars=_loop_vars))
                    yield ': '
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'pick'), environment.getattr(l_1_reward, 'name'), _loop_vars=_loop_vars))
                    yield '">'
                    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Get it', _loop_vars=_loop_vars))
                    yield '</button></form>\n'
                elif ((not environment.getattr(l_1_reward, 'affordable')) and (not environment.getattr(l_1_reward, 'locked_because'))):
                    pass
                    yield '<p class="sum">'
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr(l_1_reward, 'have'), _loop_vars=_loop_vars))
                    yield ' / '
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'number'), environment.getattr(l_1_reward, 'cost'), _loop_vars=_loop_vars))
                    yield '</p>\n'
                yield '</li>\n'
            l_1_reward = l_1_lack = missing
            yield '</ul>\n'
        yield '</section>\n'
    yield '</div>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'leaderboards'):
        pass
        template = environment.get_template('leaderboards.html', 'card.html')
        gen = template.root_render_func(template.new_context(context.get_all(), True, {'more': l_0_more, 'next': l_0_next, 'owing': l_0_owing, 'rest': l_0_rest, 'tier': l_0_tier}))
        try:
            for event in gen:
                yield event
        finally: gen.close()
    yield '<section class="panel" id="history">\n<h2>'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'What happened', _block_vars=_block_vars))
    yield '</h2>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history'):
        pass
        yield '<ol class="list">\n'
        for l_1_event in environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'history'):
            l_1_amounts = resolve('amounts')
            _loop_vars = {}
            pass
            yield '<li><div class="row base"><time datetime="'
            yield escape(context.call(environment.getattr(environment.getattr(l_1_event, 'at'), 'isoformat'), _loop_vars=_loop_vars))
            yield '">'
            yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'when'), environment.getattr(l_1_event, 'at'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'zone'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'now'), capital=True, _loop_vars=_loop_vars))
            yield '</time>\n<p class="'
            yield escape(('gain' if (environment.getattr(l_1_event, 'changes') and (environment.getattr(environment.getitem(environment.getattr(l_1_event, 'changes'), 0), 'amount') > 0)) else 'loss'))
            yield '">'
            yield escape(context.call((undefined(name='amounts') if l_1_amounts is missing else l_1_amounts), l_1_event, _loop_vars=_loop_vars))
            yield '</p></div>\n'
            if environment.getattr(l_1_event, 'why'):
                pass
                yield '<p class="soft">'
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'sentence'), environment.getattr(l_1_event, 'why'), _loop_vars=_loop_vars))
                yield '</p>'
            for l_2_news in environment.getattr(l_1_event, 'more'):
                _loop_vars = {}
                pass
                yield '<p class="news">'
                yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'sentence'), l_2_news, _loop_vars=_loop_vars))
                yield '</p>'
            l_2_news = missing
            yield '</li>\n'
        l_1_event = l_1_amounts = missing
        yield '</ol>\n'
    else:
        pass
        yield '<p class="soft after">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Nothing yet. Your visits will stand here, each with its reason.', _block_vars=_block_vars))
        yield '</p>\n'
    yield '</section>\n<footer class="ends">\n<p class="soft">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Keep this link: it is your card. Save the page to your home screen or send the link to yourself.', _block_vars=_block_vars))
    yield '</p>\n<button class="button quiet" type="button" id="keep" hidden data-done="'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Link copied', _block_vars=_block_vars))
    yield '">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Save my link', _block_vars=_block_vars))
    yield '</button>\n'
    yield escape(context.call((undefined(name='switch') if l_0_switch is missing else l_0_switch), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'languages'), (undefined(name='w') if l_0_w is missing else l_0_w), (undefined(name='t') if l_0_t is missing else l_0_t), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'path'), _block_vars=_block_vars))
    yield '\n</footer>\n</div>\n</main>\n'

blocks = {'title': block_title, 'head': block_head, 'body': block_body}
debug_info = '1=27&2=30&3=45&4=48&5=51&8=54&9=59&10=62&11=64&12=67&13=69&14=72&15=74&16=77&17=79&18=82&20=87&23=92&24=98&6=114&7=125&26=138&27=190&28=192&29=196&30=198&33=204&34=206&35=208&36=210&37=213&38=217&40=221&41=224&43=233&46=236&47=239&48=245&50=249&51=251&53=253&58=263&59=269&60=271&61=273&62=276&63=283&65=287&66=291&67=293&75=297&76=299&78=302&79=304&80=307&82=317&83=320&84=324&85=326&86=332&88=338&89=341&90=344&91=349&92=350&93=361&94=364&96=376&97=379&99=389&104=396&105=398&107=401&108=404&109=411&110=414&111=419&113=425&114=430&116=435&118=438&119=442&120=445&122=447&123=450&124=455&125=457&126=460&127=466&128=472&129=475&138=484&140=493&141=495&143=498&144=503&145=507&146=511&147=516&151=529&155=532&156=534&157=538'
