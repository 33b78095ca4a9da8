# mypy: ignore-errors
# Made by scripts/templates from staff.html. Do not edit.
digest = 'ae917c722690b9a5'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'staff.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    parent_template = None
    l_0_switch = missing
    pass
    parent_template = environment.get_template('base.html', 'staff.html')
    for name, parent_block in parent_template.blocks.items():
        context.blocks.setdefault(name, []).append(parent_block)
    included_template = environment.get_template('parts.html', 'staff.html').make_module(context.get_all(), True, {'switch': l_0_switch})
    l_0_switch = getattr(included_template, 'switch', missing)
    if l_0_switch is missing:
        l_0_switch = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'staff.html') does not export the requested name 'switch'", name='switch')
    context.vars['switch'] = l_0_switch
    context.exported_vars.discard('switch')
    yield from parent_template.root_render_func(context)

def block_title(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_t = resolve('t')
    l_0_brand = resolve('brand')
    pass
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Counter', _block_vars=_block_vars))
    yield ' · '
    yield escape(environment.getattr((undefined(name='brand') if l_0_brand is missing else l_0_brand), 'name'))

def block_theme(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    pass
    yield '#16140f'

def block_head(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    pass
    for l_1_name in ['keypad.js', 'scanner.js', 'sending.js', 'staff.js']:
        l_1_asset = resolve('asset')
        _loop_vars = {}
        pass
        yield '<script src="'
        yield escape(context.call((undefined(name='asset') if l_1_asset is missing else l_1_asset), l_1_name, _loop_vars=_loop_vars))
        yield '" defer></script>\n'
    l_1_name = l_1_asset = missing

def block_body(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    _block_vars = {}
    l_0_asset = resolve('asset')
    l_0_t = resolve('t')
    l_0_view = resolve('view')
    l_0_w = resolve('w')
    l_0_switch = resolve('switch')
    l_0_setup = resolve('setup')
    try:
        t_1 = environment.filters['tojson']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'tojson' found.")
    pass
    yield '<main id="counter" class="idle" data-jsqr="'
    yield escape(context.call((undefined(name='asset') if l_0_asset is missing else l_0_asset), 'jsqr.js', _block_vars=_block_vars))
    yield '">\n<h1 class="said">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Counter', _block_vars=_block_vars))
    yield '</h1>\n<header><p><i class="dot" id="dot"></i><span>'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'staff'))
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'location'):
        pass
        yield ' · '
        yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'location'))
    yield '</span></p>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'stamp'):
        pass
        yield '<p class="dim" id="today">'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), '{amount} today', amount=context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'amount'), environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'units'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'stamp')), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'today'), _block_vars=_block_vars), _block_vars=_block_vars))
        yield '</p>'
    yield '</header>\n<noscript><p class="say wrong">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'This screen needs JavaScript to scan and stamp.', _block_vars=_block_vars))
    yield '</p></noscript>\n\n<section class="camera" id="camera" aria-label="'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Camera', _block_vars=_block_vars))
    yield '">\n<video id="video" muted playsinline hidden></video>\n<div class="frame" aria-hidden="true"></div>\n<p id="hint" hidden>'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Hold the guest’s code in the frame', _block_vars=_block_vars))
    yield '</p>\n<button type="button" class="bright" id="start">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Start the camera', _block_vars=_block_vars))
    yield '</button>\n</section>\n\n<form class="find" id="find" role="search">\n<label class="said" for="q">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Code, name or phone', _block_vars=_block_vars))
    yield '</label>\n<input id="q" name="q" type="search" placeholder="'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Code, name or phone', _block_vars=_block_vars))
    yield '" autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="search" maxlength="80">\n<button type="submit" class="plain">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Find', _block_vars=_block_vars))
    yield '</button>\n</form>\n<ul class="matches" id="matches" hidden></ul>\n\n<p class="say" id="say" role="status" hidden></p>\n\n<section class="member" id="member" tabindex="-1" aria-labelledby="who" hidden>\n<div class="top"><h2 id="who"></h2><p id="progress"></p></div>\n<p class="meta" id="meta"></p>\n<ul id="due"></ul>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'gifts'):
        pass
        yield '<details class="gifts" id="gifts"><summary>'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Give a gift', _block_vars=_block_vars))
        yield '</summary><ul></ul></details>\n'
    yield '</section>\n\n<section class="member" id="confirm" tabindex="-1" aria-labelledby="what" hidden>\n<h2 id="what"></h2>\n<p class="meta" id="whose"></p>\n<div class="pair"><button type="button" class="green" id="redeem">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Redeem', _block_vars=_block_vars))
    yield '</button>\n<button type="button" class="pale" id="leave">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Not now', _block_vars=_block_vars))
    yield '</button></div>\n</section>\n\n<div class="low">\n<div class="actions" id="actions" hidden>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'stamp'):
        pass
        yield '<button type="button" class="plus" id="plus"><b>+1</b><span>'
        yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'unit'), environment.getitem(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'units'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'stamp')), 1, _block_vars=_block_vars))
        yield '</span></button>\n'
    if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'amounts'):
        pass
        yield '<button type="button" class="'
        yield escape(('other' if environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'stamp') else 'plus'))
        yield '" id="amount"><b>'
        yield escape(context.call(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'symbol'), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'currency'), _block_vars=_block_vars))
        yield '</b><span>'
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'enter amount', _block_vars=_block_vars))
        yield '</span></button>\n'
    yield '</div>\n<div class="actions" id="after" hidden>\n<button type="button" class="plus" id="next"><b class="word">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Next guest', _block_vars=_block_vars))
    yield '</b></button>\n<button type="button" class="other" id="again"><b class="word">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'One more', _block_vars=_block_vars))
    yield '</b></button>\n</div>\n<section class="keypad" id="keypad" aria-label="'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Amount', _block_vars=_block_vars))
    yield '" hidden>\n<output id="sum" aria-live="polite"></output>\n<div class="keys">\n'
    for l_1_key in '123456789':
        _loop_vars = {}
        pass
        yield '<button type="button" data-key="'
        yield escape(l_1_key)
        yield '">'
        yield escape(l_1_key)
        yield '</button>'
    l_1_key = missing
    yield '<button type="button" data-key="00">00</button><button type="button" data-key="0">0</button><button type="button" data-key="back" aria-label="'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Delete the last digit', _block_vars=_block_vars))
    yield '"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 6h11v12H9l-5-6zM12.5 9.5l5 5M17.5 9.5l-5 5"/></svg></button>\n</div>\n<div class="pair"><button type="button" class="plain" id="cancel">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Back', _block_vars=_block_vars))
    yield '</button><button type="button" class="bright" id="book">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Add', _block_vars=_block_vars))
    yield '</button></div>\n</section>\n<div class="strip" id="strip" hidden><p id="last"></p><button type="button" id="undo">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Undo', _block_vars=_block_vars))
    yield '</button></div>\n</div>\n<footer>\n'
    yield escape(context.call((undefined(name='switch') if l_0_switch is missing else l_0_switch), environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'languages'), (undefined(name='w') if l_0_w is missing else l_0_w), (undefined(name='t') if l_0_t is missing else l_0_t), _block_vars=_block_vars))
    yield '\n<form method="post" action="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'sign_out'))
    yield '?lang='
    yield escape(environment.getattr((undefined(name='w') if l_0_w is missing else l_0_w), 'lang'))
    yield '"><button type="submit" class="link">'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Sign out', _block_vars=_block_vars))
    yield '</button></form>\n</footer>\n</main>\n<script type="application/json" id="setup">'
    yield escape(t_1(context.eval_ctx, (undefined(name='setup') if l_0_setup is missing else l_0_setup)))
    yield '</script>\n'

blocks = {'title': block_title, 'theme': block_theme, 'head': block_head, 'body': block_body}
debug_info = '1=13&2=16&3=24&4=38&5=48&7=65&8=86&9=88&10=90&11=96&12=102&14=104&17=106&18=108&22=110&23=112&24=114&34=116&35=119&42=122&43=124&48=126&49=129&51=131&52=134&56=141&57=143&59=145&62=147&63=157&65=159&67=163&70=165&71=167&74=173'
