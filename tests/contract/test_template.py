"""The template against the code, and against our own rules for what may exist in AWS.

`sam validate --lint` says whether CloudFormation would take it; these tests say whether we would.
"""

from __future__ import annotations

import json
import re

import pytest

from local.intrinsics import read_yaml
from regulars.api.routes import ROUTES
from regulars.core import config
from tests.contract.stack import (
    ALARMS,
    BEHIND_HTTP,
    FUNCTIONS,
    GLOBALS,
    NAMES,
    RESOURCES,
    ROOT,
    STACK_NAME,
    TEMPLATE,
    actions,
    events,
    of_type,
    statements,
    target,
    verb,
)


class TestRoutes:
    def test_each_names_an_integration_and_says_no_more(self) -> None:
        """What API Gateway warns of at import, it refuses here (FailOnWarnings); a route that has
        no answers is one such warning."""
        document = RESOURCES["Api"]["Properties"]["DefinitionBody"]
        integrations = document["components"]["x-amazon-apigateway-integrations"]
        assert {f"{name.capitalize()}Function" for name in integrations} == BEHIND_HTTP
        for path, operations in document["paths"].items():
            assert path.startswith("/")
            for operation in operations.values():
                assert operation["responses"] == {}
                assert operation.get("isDefaultRoute", False) == (path == "/$default")

    def test_no_event_of_a_function_makes_a_permission_of_its_own(self) -> None:
        assert list(events("HttpApi")) == []

    def test_one_permission_lets_the_api_call_a_function(self) -> None:
        allowed = [target(it["FunctionName"]) for it in of_type("AWS::Lambda::Permission").values()]
        assert sorted(allowed) == sorted(f"{name}.Alias" for name in BEHIND_HTTP)
        for permission in of_type("AWS::Lambda::Permission").values():
            assert permission["Principal"] == "apigateway.amazonaws.com"
            assert permission["SourceArn"]["Fn::Sub"].endswith(":${AWS::AccountId}:${Api}/*")

    def test_every_route_is_throttled(self) -> None:
        api = RESOURCES["Api"]["Properties"]
        limits = [api["DefaultRouteSettings"], *api["RouteSettings"].values()]
        usual = {name: it.get("Default") for name, it in TEMPLATE["Parameters"].items()}
        for limit in limits:
            rate, burst = (
                usual[it["Ref"]] if isinstance(it, dict) else it
                for it in (limit["ThrottlingRateLimit"], limit["ThrottlingBurstLimit"])
            )
            assert 0 < rate <= burst
        assert set(api["RouteSettings"]) <= {f"{route.method} {route.path}" for route in ROUTES}

    def test_the_access_log_holds_neither_card_links_nor_addresses(self) -> None:
        written = RESOURCES["Api"]["Properties"]["AccessLogSettings"]["Format"]
        assert set(json.loads(written)) >= {"requestId", "route", "status", "latency_ms"}
        for notifying in ("path", "protocol", "sourceIp", "domain", "userAgent", "identity"):
            assert notifying not in written


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEveryFunction:
    def test_has_a_handler(self, name: str) -> None:
        function = {**GLOBALS, **FUNCTIONS[name]}
        module, _, attribute = function["Handler"].partition(".")
        file = ROOT / function["CodeUri"] / f"{module}.py"
        assert function["CodeUri"] == f"functions/{verb(name)}"
        assert re.search(rf"^(def {attribute}\(|{attribute} =)", file.read_text("utf-8"), re.M)

    def test_is_one_file(self, name: str) -> None:
        folder = ROOT / FUNCTIONS[name]["CodeUri"]
        assert {file.name for file in folder.iterdir()} - {"__pycache__"} == {"app.py"}

    def test_has_a_log_that_ends(self, name: str) -> None:
        log = RESOURCES[FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]]
        assert log["Type"] == "AWS::Logs::LogGroup"
        assert log["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}

    def test_is_traced_where_somebody_asked_for_it(self, name: str) -> None:
        assert {**GLOBALS, **FUNCTIONS[name]}["Tracing"] == {"Ref": "Tracing"}
        assert TEMPLATE["Parameters"]["Tracing"]["Default"] == "PassThrough"

    def test_may_do_only_what_is_named(self, name: str) -> None:
        for statement in statements(FUNCTIONS[name]):
            assert statement["Effect"] == "Allow"
            assert all(re.fullmatch(r"[a-z0-9]+:[A-Za-z]+", it) for it in statement["Action"])
            assert statement["Resource"] != "*"
            if statement["Action"][0] != "ses:SendEmail":  # whose address it is, its condition says
                named = json.dumps(statement["Resource"])
                assert "*" not in named.replace("ArchiveBucket.Arn}/archives/*", "")

    def test_may_neither_scan_nor_delete_nor_administer(self, name: str) -> None:
        forbidden = re.compile(
            r":(Scan|Delete|Create|BatchWrite|Update(?!Item)|PartiQL|TagResource|Purge)"
        )
        assert not [action for action in actions(FUNCTIONS[name]) if forbidden.search(action)]

    def test_reads_the_index_only_where_it_may_query_it(self, name: str) -> None:
        for statement in statements(FUNCTIONS[name]):
            if "index" in json.dumps(statement["Resource"]):
                assert statement["Action"] == ["dynamodb:Query"]

    def test_ends_before_those_who_wait_for_it(self, name: str) -> None:
        timeout = {**GLOBALS, **FUNCTIONS[name]}["Timeout"]
        if name in BEHIND_HTTP:
            assert timeout <= 29, "API Gateway waits 30 s"


class TestPermissions:
    def test_only_notify_sends_mail_and_only_as_us(self) -> None:
        assert [name for name in FUNCTIONS if "ses:SendEmail" in actions(FUNCTIONS[name])] == [
            "NotifyFunction"
        ]
        (mail,) = (it for it in statements(FUNCTIONS["NotifyFunction"]) if "Condition" in it)
        assert mail["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
        # The sender's identity may be a domain, in the sandbox the recipient's is asked for as
        # well, and whoever names a configuration set needs it: any of them denied is no mail.
        ends = [it["Fn::Sub"].rpartition(":")[2] for it in mail["Resource"]]
        assert ends == ["identity/*", "configuration-set/${MailConfiguration}"]

    def test_shared_counters_are_moved_by_those_who_decide_or_limit(self) -> None:
        """Stock and "the first hundred": an update within the transaction of an entry. Those who
        meet wrong codes, signatures and mails count them; who erases takes off the lists."""
        movers = {name for name in FUNCTIONS if "dynamodb:UpdateItem" in actions(FUNCTIONS[name])}
        assert {verb(name) for name in movers} == {
            "join", "card", "stamp", "staff", "api", "orders", "outbox", "work", "redeem",
            "hooks", "notify", "console", "close", "posters", "wallet",
        }  # fmt: skip

    def test_each_queue_is_fed_by_those_who_need_it(self) -> None:
        senders: dict[str, set[str]] = {}
        for name, function in FUNCTIONS.items():
            for statement in statements(function):
                if statement["Action"] == ["sqs:SendMessage"]:
                    senders.setdefault(target(statement["Resource"]), set()).add(verb(name))
        assert senders == {
            "OrdersQueue": {"hooks"},
            "MessagesQueue": {
                "api", "card", "close", "console", "join", "outbox", "work",
            },
            "WorkQueue": {"api", "console", "digest", "expiry", "reminders", "tiers", "work"},
        }  # fmt: skip

    def test_tills_and_pages_cannot_do_more_than_their_work(self) -> None:
        assert actions(FUNCTIONS["AssetsFunction"]) == set()
        reads, counts = (it for it in statements(FUNCTIONS["HooksFunction"]) if "Condition" in it)
        assert reads["Action"] == ["dynamodb:GetItem"]
        assert reads["Condition"] == {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["HOOK#*"]}
        }
        assert counts["Action"] == ["dynamodb:PutItem", "dynamodb:UpdateItem"]
        assert counts["Condition"] == {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["LIMIT#*"]}
        }


class TestFirewall:
    """`waf.yaml`: nothing of it is needed, and it holds off pages only."""

    def test_neither_tills_nor_keys_are_refused_for_their_rate(self) -> None:
        firewall = read_yaml(ROOT / "waf.yaml")
        rate, choice = firewall["Resources"]["WebAcl"]["Properties"]["Rules"]
        robots = choice["Fn::If"][1]["Statement"]["ManagedRuleGroupStatement"]
        for rule in (rate["Statement"]["RateBasedStatement"], robots):
            left_out = rule["ScopeDownStatement"]["NotStatement"]["Statement"]["OrStatement"]
            paths = {it["ByteMatchStatement"]["SearchString"] for it in left_out["Statements"]}
            assert paths == {"/hooks/", "/v1/"}
        assert firewall["Parameters"]["BotControl"]["Default"] == "false"


class TestSecrets:
    def test_no_environment_holds_one(self) -> None:
        """They are read at run time; what stands here is names, addresses and a hash."""
        for function in (GLOBALS, *FUNCTIONS.values()):
            variables = function.get("Environment", {}).get("Variables", {})
            assert set(variables) <= {
                "TABLE_NAME", "BASE_URL", "RING_PARAMETER", "PLATFORM_KEY_SHA256", "MAIL_FROM",
                "ARCHIVE_BUCKET", "MAIL_CONFIGURATION",
                "ORDERS_QUEUE_URL", "MESSAGES_QUEUE_URL", "WORK_QUEUE_URL",
                "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "WALLETS", "WALLET_PARAMETERS",
            }  # fmt: skip
        whole = (ROOT / "template.yaml").read_text("utf-8")
        assert "{{resolve" not in whole
        assert "GenerateSecretString" not in whole

    def test_the_key_ring_is_read_by_those_who_make_or_check_something_with_it(self) -> None:
        """`tests/permissions.py` holds the others to that. Outbox writes a sandbox's mails, work
        draws raffles, work and close find what leads to a member who is erased."""
        readers = {name for name in FUNCTIONS if "ssm:GetParameter" in actions(FUNCTIONS[name])}
        assert {verb(name) for name in readers} == {
            "join", "card", "stamp", "redeem", "staff", "api", "hooks", "orders", "outbox",
            "notify", "work", "close", "console", "posters", "wallet",
        }  # fmt: skip
        for name in readers:
            ring, *others = (
                it for it in statements(FUNCTIONS[name]) if "ssm:GetParameter" in it["Action"]
            )
            assert ring["Action"] == ["ssm:GetParameter"]
            assert ring["Resource"]["Fn::Sub"].endswith(":parameter/${AWS::StackName}/ring")
            assert len(others) == (verb(name) in {"wallet", "notify"})

    def test_certificates_are_read_by_who_signs_passes_or_tells_of_them(self) -> None:
        for name in ("WalletFunction", "NotifyFunction"):
            read = statements(FUNCTIONS[name])[-1]
            assert read["Action"] == ["ssm:GetParameter"]
            named = [it["Fn::Sub"].partition(":parameter/")[2] for it in read["Resource"]]
            assert named == [
                f"${{AWS::StackName}}/wallet/{it}" for it in ("apple", "wwdr", "google")
            ]
        assert TEMPLATE["Parameters"]["Wallets"]["Default"] == "none"
        assert set(TEMPLATE["Parameters"]["Wallets"]["AllowedValues"]) == set(config.WALLETS)

    def test_its_name_is_told_to_the_functions(self) -> None:
        assert GLOBALS["Environment"]["Variables"]["RING_PARAMETER"] == {
            "Fn::Sub": "/${AWS::StackName}/ring"
        }


class TestSideBySide:
    """Any number of stacks in one account: each name has the stack's in it, or is made up."""

    def test_every_name_has_the_name_of_the_stack(self) -> None:
        named = {
            f"{name}.{key}": value
            for name, resource in RESOURCES.items()
            for key, value in resource.get("Properties", {}).items()
            if key in NAMES and "Ref" not in value
        }
        assert len(named) > 20, "there are names"
        for where, value in named.items():
            assert "${AWS::StackName}" in str(value.get("Fn::Sub", "")), where

    def test_a_metric_of_ours_says_of_which_stack_it_is(self) -> None:
        assert GLOBALS["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == STACK_NAME
        for alarm in ALARMS.values():
            if alarm.get("Namespace") == "Regulars":
                assert alarm["Dimensions"] == [{"Name": "service", "Value": STACK_NAME}]


class TestNothingNobodyAskedFor:
    def test_no_key_no_detailed_metrics(self) -> None:
        """A key of one's own in KMS costs a dollar a month, a metric of a route 30 cents."""
        whole = (ROOT / "template.yaml").read_text("utf-8")
        assert "KMS" not in whole
        assert "SSESpecification" not in whole
        assert "DetailedMetricsEnabled" not in whole


class TestLayers:
    def test_they_are_built_for_the_runtime_and_processor_of_the_functions(self) -> None:
        (architecture,) = GLOBALS["Architectures"]
        layers = of_type("AWS::Serverless::LayerVersion")
        assert {it["Ref"] for it in GLOBALS["Layers"]} | {
            "PasskeysLayer",
            "PostersLayer",
            "WalletLayer",
        } == set(layers)
        for name in layers:
            assert RESOURCES[name]["Metadata"] == {
                "BuildMethod": GLOBALS["Runtime"],
                "BuildArchitecture": architecture,
            }

    def test_passkeys_print_and_wallets_have_layers_of_those_that_need_them(self) -> None:
        own = {verb(name): it["Layers"] for name, it in FUNCTIONS.items() if "Layers" in it}
        print_ = {"Ref": "PostersLayer"}
        wallet = {"Ref": "WalletLayer"}
        assert own == {
            "console": [{"Ref": "PasskeysLayer"}, print_],
            "notify": [wallet],
            "posters": [print_],
            "wallet": [wallet, print_],
        }
