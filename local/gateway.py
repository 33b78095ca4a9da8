"""HTTP in front of the functions: finds the route, calls the function, answers as AWS would."""

import sys
from collections.abc import Mapping

from local.httpapi import Answer, BadAnswer, Request, Router, message, new_request_id, to_event
from local.httpapi import to_answer as answer_of
from local.routes import Route
from local.workers import Busy, FunctionError, Pool, new_trace_id


class Gateway:
    """The HTTP API of the template; call it with a request."""

    def __init__(self, routes: list[Route], pools: Mapping[str, Pool]) -> None:
        self._router = Router(routes)
        self._pools = pools

    def __call__(self, request: Request) -> Answer:
        """The answer for one request; never raises."""
        found = self._router.find(request.method, request.target.partition("?")[0])
        if found is None:
            return message(404, "Not Found")
        route, parameters = found
        trace_id, request_id = new_trace_id(), new_request_id()
        event = to_event(request, route, parameters, trace_id, request_id)
        try:
            result = self._pools[route.function].invoke(event, trace_id=trace_id)
            return answer_of(result, request_id)
        except Busy:
            return message(503, "Service Unavailable")
        except (FunctionError, BadAnswer) as error:
            print(f"{request.method} {route.path} -> 500: {error}", file=sys.stderr)
            return message(500, "Internal Server Error")
