"""The HTTP API, except what lies on the path of a scan (`stamp`, `redeem`)."""

from __future__ import annotations

import regulars
from regulars.api import corrections, grants, members, merchants, programs, sandbox, tills, vouchers
from regulars.web import http, openapi


def health(request: http.Request) -> http.Response:
    """GET /v1/health: up, without asking the table."""
    return http.json_answer(200, {"status": "ok", "version": regulars.__version__})


def describe(request: http.Request) -> http.Response:
    """GET /v1/openapi.json."""
    return http.json_answer(200, openapi.document())


lambda_handler = http.serve(
    {
        "GET /v1/health": health,
        "GET /v1/openapi.json": describe,
        "POST /v1/merchants": merchants.create,
        "GET /v1/templates": merchants.templates,
        "GET /v1/templates/{id}": merchants.read_template,
        "GET /v1/program": programs.read,
        "PUT /v1/program": programs.publish,
        "POST /v1/program/preview": programs.preview,
        "GET /v1/program/schema": programs.schema,
        "GET /v1/raffles/{id}": programs.raffle,
        "GET /v1/leaderboards/{id}": programs.leaderboard,
        "POST /v1/members": members.create,
        "GET /v1/members": members.find,
        "GET /v1/members/{id}": members.read,
        "PATCH /v1/members/{id}": members.change,
        "GET /v1/members/{id}/entries": members.entries,
        "GET /v1/members/{id}/verify": members.verify,
        "GET /v1/members/{id}/rewards": members.rewards,
        "POST /v1/adjust": corrections.adjust,
        "POST /v1/actions": grants.act,
        "POST /v1/members/{id}/tier": grants.give_tier,
        "POST /v1/refunds": corrections.refund,
        "POST /v1/vouchers": vouchers.issue,
        "POST /v1/vouchers/{code}/cancel": vouchers.cancel,
        "GET /v1/hooks": tills.read,
        "PUT /v1/hooks/{provider}": tills.change,
        "GET /v1/test/clock": sandbox.read_clock,
        "POST /v1/test/clock": sandbox.move_clock,
        "GET /v1/test/messages": sandbox.read_messages,
        "POST /v1/test/hooks/{provider}": sandbox.send_sample,
    }
)
