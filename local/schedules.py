"""Schedules: the clock of EventBridge Scheduler, and running a job by hand.

When a run was missed because the stack was down, it happens once, soon after the start: late,
as the real service may be, but not never.
"""

import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from local.aws import ACCOUNT, REGION, arn
from local.template import Schedule
from local.workers import Busy, FunctionError, Invoke

_CATCH_UP_S = 5.0  # a missed run waits this long, so that it is not in the way of the first page
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0
_UNITS_S = {"minute": 60, "hour": 3600, "day": 86_400}

SendDeadLetter = Callable[[str, dict[str, Any]], None]


class ScheduleError(ValueError):
    """An expression the local stack does not know."""


def next_after(expression: str, timezone: str, after: datetime) -> datetime:
    """The first instant of a `rate(…)` or `cron(…)` after an aware instant, in UTC."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if rate:
        return after + timedelta(seconds=int(rate[1]) * _UNITS_S[rate[2]])
    cron = re.fullmatch(r"cron\((.+)\)", expression)
    if not cron:
        raise ScheduleError(f"the local stack does not know {expression!r}")
    return _next_cron(cron[1].split(), ZoneInfo(timezone), after)


def _next_cron(fields: list[str], zone: ZoneInfo, after: datetime) -> datetime:
    if len(fields) != 6:
        raise ScheduleError(f"cron needs six fields, not {len(fields)}")
    minutes, hours = _field(fields[0], 0, 59), _field(fields[1], 0, 23)
    days, months = _field(fields[2], 1, 31), _field(fields[3], 1, 12, _MONTHS)
    weekdays, years = _field(fields[4], 1, 7, _WEEKDAYS), _field(fields[5], 1970, 2199)
    day = after.astimezone(zone).date()
    for _ in range(366 * 5):
        # In AWS the week starts on Sunday, as day 1.
        if (
            day.year in years
            and day.month in months
            and day.day in days
            and day.isoweekday() % 7 + 1 in weekdays
        ):
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                    instant = local.astimezone(UTC)
                    if instant > after and instant.astimezone(zone).hour == hour:
                        return instant
        day += timedelta(days=1)
    raise ScheduleError(f"cron({' '.join(fields)}) never comes")


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def _field(text: str, lowest: int, highest: int, names: tuple[str, ...] = ()) -> set[int]:
    """The values one field of a cron expression allows."""
    for position, name in enumerate(names):
        text = text.upper().replace(name, str(position + lowest))
    values: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\*|\?|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if not match:
            raise ScheduleError(f"the local stack does not know {part!r} in a cron expression")
        if match[2] is None:
            first, last = lowest, highest
        else:
            first = int(match[2])
            last = int(match[3]) if match[3] else (highest if match[4] else first)
        if not lowest <= first <= last <= highest:
            raise ScheduleError(f"{part!r} is outside {lowest}-{highest}")
        values |= set(range(first, last + 1, int(match[4] or 1)))
    return values


class Clock:
    """Fires the schedules of the template; remembers in a file (or not) when each last ran."""

    def __init__(
        self,
        schedules: Iterable[Schedule],
        functions: Mapping[str, Invoke],
        send_dead_letter: SendDeadLetter,
        memory: Path | None,
    ) -> None:
        self._schedules = list(schedules)
        self._functions = functions
        self._send_dead_letter = send_dead_letter
        self._memory = memory
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        if memory is not None and memory.exists():
            self._last = json.loads(memory.read_text("utf-8"))
        now = datetime.now(UTC)
        for schedule in self._schedules:  # an unknown expression stops the start, not the job
            next_after(schedule.expression, schedule.timezone, now)
            self._last.setdefault(schedule.name, now.timestamp())
        self._save()

    def run(self, stopping: threading.Event) -> None:
        """Fire what is due until `stopping` is set."""
        stopping.wait(_CATCH_UP_S)
        while not stopping.is_set():
            now = datetime.now(UTC)
            for schedule in self._schedules:
                if schedule.enabled and self._due(schedule) <= now:
                    self._mark(schedule, now)
                    threading.Thread(
                        target=self.fire, args=(schedule, stopping), daemon=True
                    ).start()
            stopping.wait(1.0)

    def fire(self, schedule: Schedule, stopping: threading.Event) -> bool:
        """One run with its retries; a run that cannot be had goes to the dead-letter queue."""
        event = event_of(schedule)
        began, attempts = time.monotonic(), 0
        while not stopping.is_set():
            try:
                self._functions[schedule.function](event)
                return True
            except (FunctionError, Busy) as error:
                print(f"{schedule.name}: {error}", file=sys.stderr)
                failure = str(error)
            attempts += 1
            too_old = time.monotonic() - began > schedule.max_age_s
            if attempts > schedule.max_retries or too_old:
                if schedule.dead_letter_queue:
                    letter = dead_letter(schedule, event, failure, too_old)
                    self._send_dead_letter(schedule.dead_letter_queue, letter)
                return False
            stopping.wait(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(attempts - 1, 10)))
        return False

    def names(self) -> list[str]:
        """The jobs there are: the functions with a schedule."""
        return sorted({schedule.function for schedule in self._schedules})

    def run_now(self, function: str) -> Any:
        """Run the job of this function once, without retries; raises what it raised."""
        schedule = next(it for it in self._schedules if it.function == function)
        return self._functions[function](event_of(schedule))

    def _due(self, schedule: Schedule) -> datetime:
        last = datetime.fromtimestamp(self._last[schedule.name], UTC)
        return next_after(schedule.expression, schedule.timezone, last)

    def _mark(self, schedule: Schedule, at: datetime) -> None:
        self._last[schedule.name] = at.timestamp()
        self._save()

    def _save(self) -> None:
        if self._memory is None:
            return
        with self._lock:
            unfinished = self._memory.with_suffix(".tmp")
            unfinished.write_text(json.dumps(self._last), "utf-8")
            unfinished.replace(self._memory)


def event_of(schedule: Schedule) -> Any:
    """What the function gets: the schedule's input with its context filled in, or the default."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    schedule_arn = arn("scheduler", f"schedule/default/{schedule.name}")
    if schedule.input:
        context = {
            "<aws.scheduler.schedule-arn>": schedule_arn,
            "<aws.scheduler.scheduled-time>": now,
            "<aws.scheduler.execution-id>": str(uuid.uuid4()),
            "<aws.scheduler.attempt-number>": "1",
        }
        text = schedule.input
        for name, value in context.items():
            text = text.replace(name, value)
        return json.loads(text)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": now,
        "region": REGION,
        "resources": [schedule_arn],
        "detail": "{}",
    }


def dead_letter(schedule: Schedule, event: Any, failure: str, too_old: bool) -> dict[str, Any]:
    """The SQS message for a run that was given up: the event, and why in its attributes."""
    attributes = {
        "SCHEDULE_ARN": arn("scheduler", f"schedule/default/{schedule.name}"),
        "TARGET_ARN": arn("lambda", f"function:{schedule.function}"),
        "ERROR_CODE": "FunctionError",
        "ERROR_MESSAGE": failure,
        "EXHAUSTED_RETRY_CONDITION": "MaximumEventAge" if too_old else "MaximumRetryAttempts",
    }
    return {
        "MessageBody": json.dumps(event),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
