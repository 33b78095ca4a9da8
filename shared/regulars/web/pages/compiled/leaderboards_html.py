# mypy: ignore-errors
# Made by scripts/templates from leaderboards.html. Do not edit.
digest = '553365736a9fcc13'
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'leaderboards.html'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_view = resolve('view')
    l_0_t = resolve('t')
    l_0_rich = resolve('rich')
    l_0_ranked = l_0_shown = missing
    pass
    l_0_ranked = environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'leaderboards')
    context.vars['ranked'] = l_0_ranked
    context.exported_vars.add('ranked')
    yield '<section class="panel" id="leaderboards">\n<h2>'
    yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Leaderboard'))
    yield '</h2>\n'
    t_1 = []
    pass
    t_1.extend((
        '<b>',
        escape(environment.getattr((undefined(name='ranked') if l_0_ranked is missing else l_0_ranked), 'shown_as')),
        '</b>',
    ))
    l_0_shown = (Markup if context.eval_ctx.autoescape else identity)(concat(t_1))
    context.vars['shown'] = l_0_shown
    context.exported_vars.add('shown')
    for l_1_board in environment.getattr((undefined(name='ranked') if l_0_ranked is missing else l_0_ranked), 'boards'):
        l_1_w = resolve('w')
        _loop_vars = {}
        pass
        yield '<div class="after row base"><h3 class="title">'
        yield escape(context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'pick'), environment.getattr(l_1_board, 'name'), _loop_vars=_loop_vars))
        yield '</h3><p class="soft">'
        yield escape(environment.getattr(l_1_board, 'period'))
        yield '</p></div>\n'
        if environment.getattr((undefined(name='ranked') if l_0_ranked is missing else l_0_ranked), 'takes_part'):
            pass
            yield '<p class="strong">'
            if environment.getattr(l_1_board, 'place'):
                pass
                yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Your place: {place} of {members}', place=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'number'), environment.getattr(l_1_board, 'place'), _loop_vars=_loop_vars), members=context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'number'), environment.getattr(l_1_board, 'members'), _loop_vars=_loop_vars), _loop_vars=_loop_vars))
            else:
                pass
                yield escape(context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'sentence'), environment.getattr(l_1_board, 'hint'), _loop_vars=_loop_vars))
            yield '</p>\n'
            if environment.getattr(l_1_board, 'rows'):
                pass
                yield '<ol class="ranks">\n'
                for l_2_row in environment.getattr(l_1_board, 'rows'):
                    _loop_vars = {}
                    pass
                    yield '<li'
                    if environment.getattr(l_2_row, 'mine'):
                        pass
                        yield ' class="mine"'
                    yield '><span class="place">'
                    yield escape(context.call(environment.getattr((undefined(name='w') if l_1_w is missing else l_1_w), 'number'), environment.getattr(l_2_row, 'place'), _loop_vars=_loop_vars))
                    yield '.</span><span>'
                    yield escape(environment.getattr(l_2_row, 'name'))
                    if environment.getattr(l_2_row, 'mine'):
                        pass
                        yield ' <span class="soft">('
                        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'you', _loop_vars=_loop_vars))
                        yield ')</span>'
                    yield '</span><span class="sum">'
                    yield escape(environment.getattr(l_2_row, 'score'))
                    yield '</span></li>\n'
                l_2_row = missing
                yield '</ol>\n'
    l_1_board = l_1_w = missing
    yield '<p class="soft after">'
    if environment.getattr((undefined(name='ranked') if l_0_ranked is missing else l_0_ranked), 'takes_part'):
        pass
        yield escape(context.call((undefined(name='rich') if l_0_rich is missing else l_0_rich), 'Others who take part see you as {name}, with your place and how many visits or points you have, never what you spent.', name=(undefined(name='shown') if l_0_shown is missing else l_0_shown)))
    else:
        pass
        yield escape(context.call((undefined(name='rich') if l_0_rich is missing else l_0_rich), 'Nobody sees you here unless you want it. If you take part, others who take part see you as {name}, with your place and how many visits or points you have, never what you spent.', name=(undefined(name='shown') if l_0_shown is missing else l_0_shown)))
    yield '</p>\n<form class="after" method="post" action="'
    yield escape(environment.getattr((undefined(name='view') if l_0_view is missing else l_0_view), 'path'))
    yield '/leaderboard"><input type="hidden" name="take_part" value="'
    yield escape(('no' if environment.getattr((undefined(name='ranked') if l_0_ranked is missing else l_0_ranked), 'takes_part') else 'yes'))
    yield '">\n<button class="button quiet" type="submit">'
    if environment.getattr((undefined(name='ranked') if l_0_ranked is missing else l_0_ranked), 'takes_part'):
        pass
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Stop taking part'))
    else:
        pass
        yield escape(context.call((undefined(name='t') if l_0_t is missing else l_0_t), 'Take part'))
    yield '</button></form>\n</section>'

blocks = {}
debug_info = '1=15&3=19&4=25&5=31&6=36&7=40&8=43&9=50&11=53&12=57&19=76&20=81&21=83&22=87'
