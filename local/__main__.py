"""`python -m local`: the whole product on this machine, until Ctrl-C or SIGTERM."""

import os
import signal
import sys
import threading

import segno

from local.demo import DemoError
from local.engine import EngineError
from local.patterns import PatternError
from local.schedules import ScheduleError
from local.settings import Settings, SettingsError
from local.stack import Stack
from local.template import TemplateError

_CANNOT_START = (
    DemoError,
    EngineError,
    PatternError,
    ScheduleError,
    SettingsError,
    TemplateError,
)


def main() -> int:
    """Start, say so, wait, stop; 0 after a clean stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    stack: Stack | None = None
    try:
        stack = Stack(Settings.from_environment(os.environ))
        stack.start()
        _announce(stack)
        trouble = stack.watch(stop)
    except _CANNOT_START as error:
        trouble = str(error)
    finally:
        if stack is not None:
            stack.stop()
    if trouble:
        print(f"error: {trouble}", file=sys.stderr)
    return 1 if trouble else 0


def _announce(stack: Stack) -> None:
    shop = stack.access["demo"]
    if shop:
        print("Scan to join the demo café:")
        segno.make(shop["join_url"], error="m").terminal(compact=True)
        print(f"join    {shop['join_url']}")
        print(f"card    {shop['card_url']}")
        print(f"staff   {shop.get('staff_url', '')}")
    else:
        print(f"console {stack.access['base_url']}/console/")
        print(f"set-up code, to create the first shop there: {stack.access['set_up_code']}")
    print(f"mail    {stack.access['mail_url']}")
    print(f"ready {stack.address}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
