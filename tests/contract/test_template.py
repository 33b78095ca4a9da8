"""The template against the code, and against our own rules for what may exist in AWS.

`sam validate --lint` says whether CloudFormation would take it; these tests say whether we would.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.intrinsics import Resolver, read_yaml
from regulars.api.routes import ROUTES, UNKNOWN
from regulars.jobs import outbox, working
from regulars.store import closing

ROOT = Path(__file__).parents[2]
TEMPLATE = read_yaml(ROOT / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of one type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


FUNCTIONS = of_type("AWS::Serverless::Function")
QUEUES = of_type("AWS::SQS::Queue")
ALARMS = of_type("AWS::CloudWatch::Alarm")
STACK_NAME = {"Ref": "AWS::StackName"}
NAMES = {
    "AlarmName", "ConfigurationSetName", "DashboardName", "GroupName",
    "LogGroupName", "Name", "QueueName", "RoleName", "TableName", "TopicName", "BucketName",
}  # fmt: skip
BEHIND_HTTP = {f"{route.function.capitalize()}Function" for route in (*ROUTES, UNKNOWN)}


def statements(function: dict[str, Any]) -> list[dict[str, Any]]:
    """What a function may do, in IAM's terms. Its policies are written here, not borrowed."""
    found: list[dict[str, Any]] = []
    for policy in function["Policies"]:
        assert set(policy) == {"Statement"}, "named actions on named resources, no policy templates"
        found += policy["Statement"]
    return found


def actions(function: dict[str, Any]) -> set[str]:
    return {action for statement in statements(function) for action in statement["Action"]}


def events(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Function and properties of every event of one type."""
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == kind:
                yield name, event["Properties"]


def target(value: Any) -> str:
    """The logical id that a Ref or GetAtt points at."""
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def verb(name: str) -> str:
    return name.removesuffix("Function").lower()


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
        meet wrong codes, signatures and mails count them."""
        movers = {name for name in FUNCTIONS if "dynamodb:UpdateItem" in actions(FUNCTIONS[name])}
        assert {verb(name) for name in movers} == {
            "join", "card", "stamp", "staff", "api", "orders", "outbox", "work", "redeem",
            "hooks", "notify", "console",
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
            "WorkQueue": {"digest", "expiry", "reminders", "tiers", "work"},
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


class TestMailReports:
    """Bounces and complaints of SES come onto the messages queue, by way of a topic."""

    def test_they_are_reported_and_kept_from_then_on(self) -> None:
        (configuration,) = of_type("AWS::SES::ConfigurationSet").values()
        assert configuration["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}
        (reports,) = of_type("AWS::SES::ConfigurationSetEventDestination").values()
        destination = reports["EventDestination"]
        assert destination["Enabled"] is True
        assert destination["MatchingEventTypes"] == ["bounce", "complaint"]
        assert target(destination["SnsDestination"]["TopicARN"]) == "MailReportsTopic"
        assert GLOBALS["Environment"]["Variables"]["MAIL_CONFIGURATION"] == {
            "Ref": "MailConfiguration"
        }

    def test_they_reach_the_queue_as_they_are(self) -> None:
        (subscription,) = of_type("AWS::SNS::Subscription").values()
        assert target(subscription["TopicArn"]) == "MailReportsTopic"
        assert target(subscription["Endpoint"]) == "MessagesQueue"
        assert subscription["RawMessageDelivery"] is True

    def test_nobody_else_may_put_anything_there(self) -> None:
        (topic,) = of_type("AWS::SNS::TopicPolicy").values()
        (publish,) = topic["PolicyDocument"]["Statement"]
        assert publish["Principal"] == {"Service": "ses.amazonaws.com"}
        assert publish["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        }
        (queue,) = of_type("AWS::SQS::QueuePolicy").values()
        (send,) = queue["PolicyDocument"]["Statement"]
        assert send["Principal"] == {"Service": "sns.amazonaws.com"}
        assert send["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailReportsTopic"}}}


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
                "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL",
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
            "notify", "work", "close", "console",
        }  # fmt: skip
        for name in readers:
            (read,) = (
                it for it in statements(FUNCTIONS[name]) if "ssm:GetParameter" in it["Action"]
            )
            assert read["Action"] == ["ssm:GetParameter"]
            assert read["Resource"]["Fn::Sub"].endswith(":parameter/${AWS::StackName}/ring")

    def test_its_name_is_told_to_the_functions(self) -> None:
        assert GLOBALS["Environment"]["Variables"]["RING_PARAMETER"] == {
            "Fn::Sub": "/${AWS::StackName}/ring"
        }


class TestQueues:
    def test_each_has_somewhere_to_put_what_fails(self) -> None:
        fed = {target(queue["RedrivePolicy"]["deadLetterTargetArn"]) for queue in QUEUES.values()
               if "RedrivePolicy" in queue}  # fmt: skip
        failures = {"StreamFailuresQueue", "SchedulesDeadLetterQueue"}
        assert (
            set(QUEUES) == {n for n, q in QUEUES.items() if "RedrivePolicy" in q} | fed | failures
        )

    def test_what_failed_waits_two_weeks_and_calls_for_somebody(self) -> None:
        last = {name for name, queue in QUEUES.items() if "RedrivePolicy" not in queue}
        watched = {
            target(alarm["Dimensions"][0]["Value"])
            for alarm in ALARMS.values()
            if alarm.get("Namespace") == "AWS/SQS" and alarm["Threshold"] == 0
        }
        assert watched == last
        assert {QUEUES[name]["MessageRetentionPeriod"] for name in last} == {14 * 86_400}

    def test_a_dead_letter_queue_takes_from_its_own_queue_only(self) -> None:
        for name, queue in QUEUES.items():
            if "RedrivePolicy" in queue:
                dead = QUEUES[target(queue["RedrivePolicy"]["deadLetterTargetArn"])]
                (source,) = dead["RedriveAllowPolicy"]["sourceQueueArns"]
                own_name = queue["QueueName"]["Fn::Sub"]
                assert source["Fn::Sub"].endswith(f":{own_name}"), name
            else:
                allowed = queue["RedriveAllowPolicy"]["redrivePermission"]
                assert allowed in ("byQueue", "denyAll"), name

    def test_three_are_polled_and_no_more(self) -> None:
        """An idle queue costs money too: what is to be done has a kind, not a queue of its own."""
        polled = [target(event["Queue"]) for _, event in events("SQS")]
        assert sorted(polled) == ["MessagesQueue", "OrdersQueue", "WorkQueue"]

    def test_a_page_of_work_comes_alone(self) -> None:
        """A slow message holds up no other, and the time-out that it meets is its own."""
        (work,) = (event for name, event in events("SQS") if name == "WorkFunction")
        assert work["BatchSize"] == 1
        timeout = FUNCTIONS["WorkFunction"]["Timeout"]
        assert timeout > working.WORK_S + working.RESERVE_S

    def test_a_message_stays_hidden_for_six_time_outs(self) -> None:
        for name, event in events("SQS"):
            timeout = {**GLOBALS, **FUNCTIONS[name]}["Timeout"]
            assert QUEUES[target(event["Queue"])]["VisibilityTimeout"] == 6 * timeout
            assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


class TestStream:
    def test_one_bad_record_cannot_hold_up_the_rest(self) -> None:
        consumers = dict(events("DynamoDB"))
        assert {verb(name) for name in consumers} == {"outbox", "tiers"}
        for event in consumers.values():
            assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
            assert event["BisectBatchOnFunctionError"] is True
            assert event["MaximumRetryAttempts"] == 5
            assert event["MaximumRecordAgeInSeconds"] == 6 * 3600
            assert target(event["DestinationConfig"]["OnFailure"]["Destination"]) == (
                "StreamFailuresQueue"
            )

    @pytest.mark.parametrize(("name", "prefix"), [("Outbox", "ENTRY#"), ("Tiers", "PROGRAM#")])
    def test_each_consumer_gets_only_its_inserts(self, name: str, prefix: str) -> None:
        (event,) = (it for function, it in events("DynamoDB") if function == f"{name}Function")
        (only,) = event["FilterCriteria"]["Filters"]
        assert json.loads(only["Pattern"]) == {
            "eventName": ["INSERT"],
            "dynamodb": {"Keys": {"SK": {"S": [{"prefix": prefix}]}}},
        }


class TestSchedules:
    def test_every_job_runs_each_hour_and_its_failures_are_kept(self) -> None:
        jobs = dict(events("ScheduleV2"))
        assert {verb(name) for name in jobs} == {"close", "digest", "expiry", "reminders", "tiers"}
        for name, event in jobs.items():
            assert re.fullmatch(r"cron\(\d+ \* \* \* \? \*\)", event["ScheduleExpression"])
            assert event["OmitName"] is True, "SAM's name is the same in every stack"
            assert target(event["DeadLetterConfig"]["Arn"]) == "SchedulesDeadLetterQueue"
            assert event["RetryPolicy"]["MaximumEventAgeInSeconds"] < 3600
            # The scheduler hands over and is done: failures of the run itself are Lambda's.
            on_failure = FUNCTIONS[name]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
            assert target(on_failure["Destination"]) == "SchedulesDeadLetterQueue"


class TestLedger:
    def test_it_outlives_the_stack_and_mistakes(self) -> None:
        table = RESOURCES["LedgerTable"]
        assert table["DeletionPolicy"] == "RetainExceptOnCreate"
        assert table["UpdateReplacePolicy"] == "Retain"
        # From the start, it would keep a failed first deployment from being taken back.
        assert "DeletionProtectionEnabled" not in table["Properties"], "scripts/deploy sets it"
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}

    def test_its_stream_shows_both_images_and_its_items_can_expire(self) -> None:
        table = RESOURCES["LedgerTable"]["Properties"]
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}


class TestRestored:
    """With `RestoredStream` everything but the table itself is of the restored table."""

    STREAM = (
        "arn:aws:dynamodb:eu-central-1:123456789012:table/it-is.another/stream/2026-11-28T01:30"
    )

    def resolved(self, **parameters: str) -> str:
        resolver = Resolver(TEMPLATE, {"Alarms": "all", **parameters})
        rest = [
            it
            for name, it in (RESOURCES | TEMPLATE["Outputs"]).items()
            if name != "LedgerTable" and resolver.wanted(it)
        ]
        return json.dumps([resolver.resolve(it, "here") for it in (GLOBALS, *rest)])

    def test_nothing_names_the_old_table_any_more(self) -> None:
        usual, restored = self.resolved(), self.resolved(RestoredStream=self.STREAM)
        assert "it-is.another" not in usual
        assert "regulars-ledger" not in restored
        own = RESOURCES["LedgerTable"]["Properties"]["TableName"]
        assert own == {"Fn::Sub": "${AWS::StackName}-ledger"}, "the old one stays as it is"

    def test_the_two_differ_in_the_table_alone(self) -> None:
        restored = self.resolved(RestoredStream=self.STREAM)
        assert restored.count(f'"{self.STREAM}"') == len(list(events("DynamoDB"))) == 2
        local = Resolver(TEMPLATE, {}).stream_arn("LedgerTable")
        account = Resolver(TEMPLATE, {}).arn("LedgerTable").removesuffix("regulars-ledger")
        as_before = (
            restored.replace(self.STREAM, local)
            .replace(self.STREAM.partition("/stream/")[0], f"{account}regulars-ledger")
            .replace("it-is.another", "regulars-ledger")
        )
        assert as_before == self.resolved()

    def test_the_parameter_takes_the_arn_of_a_stream_and_nothing_else(self) -> None:
        declared = TEMPLATE["Parameters"]["RestoredStream"]
        assert declared["Default"] == ""
        taken = re.compile(declared["AllowedPattern"])
        assert taken.fullmatch(self.STREAM)
        assert taken.fullmatch("")
        assert not taken.fullmatch(self.STREAM.partition("/stream/")[0])
        assert not taken.fullmatch("regulars-restored")

    def test_a_switch_at_once_does_not_wait_for_alarms_to_end(self) -> None:
        """They ring while a table is out of order; a deployment that looks at them would stop."""
        usual, careful = (
            Resolver(TEMPLATE, {"Deployment": how}).resolve(GLOBALS["DeploymentPreference"], "here")
            for how in ("AllAtOnce", "Canary10Percent5Minutes")
        )
        assert usual == {"Type": "AllAtOnce", "Alarms": []}
        assert careful["Alarms"] == ["regulars-api-errors", "regulars-damaged-cards"]


class TestArchive:
    """Where everything of a closed merchant lies: for two functions, and for 90 days."""

    BUCKET = RESOURCES["ArchiveBucket"]

    def test_it_outlives_the_stack_but_not_a_first_deployment_that_failed(self) -> None:
        assert self.BUCKET["DeletionPolicy"] == "RetainExceptOnCreate"
        assert self.BUCKET["UpdateReplacePolicy"] == "Retain"

    def test_nobody_else_can_read_it(self) -> None:
        own = self.BUCKET["Properties"]
        assert own["PublicAccessBlockConfiguration"] == dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
            True,
        )
        assert own["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        (rule,) = own["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        (only,) = RESOURCES["ArchiveBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        assert (only["Effect"], only["Principal"], only["Action"]) == ("Deny", "*", "s3:*")
        assert only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_what_is_in_it_goes_by_itself(self) -> None:
        archives, unfinished = self.BUCKET["Properties"]["LifecycleConfiguration"]["Rules"]
        assert archives == {
            "Id": "archives", "Status": "Enabled", "Prefix": "archives/",
            "ExpirationInDays": closing.KEPT_MS // closing.DAY_MS,
        }  # fmt: skip
        assert unfinished["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}

    def test_one_function_writes_it_and_one_hands_it_out(self) -> None:
        may = {
            verb(name): {it for it in actions(function) if it.startswith("s3:")}
            for name, function in FUNCTIONS.items()
        }
        assert {name: it for name, it in may.items() if it} == {
            "api": {"s3:GetObject"},
            "close": {"s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"},
        }
        named = {verb(name) for name, it in FUNCTIONS.items() if "ArchiveBucket" in str(it)}
        assert named == {"api", "close"}


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
        assert {it["Ref"] for it in GLOBALS["Layers"]} | {"PasskeysLayer"} == set(layers)
        for name in layers:
            assert RESOURCES[name]["Metadata"] == {
                "BuildMethod": GLOBALS["Runtime"],
                "BuildArchitecture": architecture,
            }

    def test_what_checks_passkeys_is_in_a_layer_of_the_console_alone(self) -> None:
        own = {verb(name): it["Layers"] for name, it in FUNCTIONS.items() if "Layers" in it}
        assert own == {"console": [{"Ref": "PasskeysLayer"}]}


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics an alarm is paid for."""
    math = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it]
    return math or [alarm]


class TestAlarms:
    def test_each_tells_somebody_what_is_wrong(self) -> None:
        for alarm in ALARMS.values():
            assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
            assert len(alarm["AlarmDescription"]) > 20

    def test_what_nobody_waits_for_is_watched(self) -> None:
        behind = set(FUNCTIONS) - BEHIND_HTTP
        watched = {
            target(it["Dimensions"][0]["Value"])
            for it in metrics_of(ALARMS["BackgroundErrorsAlarm"])
        }
        assert watched == behind

    def test_the_usual_ones_cost_nothing(self) -> None:
        """AWS gives ten alarm metrics free; the rest is for who asks for them."""
        asked = {name for name in ALARMS if RESOURCES[name].get("Condition") == "HasAllAlarms"}
        usual = [it for name in set(ALARMS) - asked for it in metrics_of(ALARMS[name])]
        more = [it for name in asked for it in metrics_of(ALARMS[name])]
        assert len(usual) <= 10
        described = TEMPLATE["Parameters"]["Alarms"]
        assert described["Default"] == "basic"
        assert f"adds {len(more)} more ({len(more) * 0.1:.2f} USD" in described["Description"]

    def test_who_runs_one_by_hand_waits_as_long_as_it_may_take(self) -> None:
        longest = max({**GLOBALS, **it}["Timeout"] for it in FUNCTIONS.values())
        for name in ("job", "redrive"):
            script = (ROOT / "scripts" / name).read_text("utf-8")
            (waits,) = re.findall(r"^LONGEST_S = (\d+)$", script, re.MULTILINE)
            assert int(waits) > longest, name

    def test_each_job_can_be_run_by_hand(self) -> None:
        script = (ROOT / "scripts" / "job").read_text("utf-8")
        (listed,) = re.findall(r"^JOBS = \((.+)\)$", script, re.MULTILINE)
        assert re.findall(r"\w+", listed) == sorted(verb(it) for it, _ in events("ScheduleV2"))

    def test_a_schedule_that_stopped_is_noticed(self) -> None:
        alarm = ALARMS["SchedulesStoppedAlarm"]
        assert alarm["Threshold"] == len(list(events("ScheduleV2")))
        assert alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == "breaching"
        assert target(alarm["Dimensions"][0]["Value"]) == "Schedules"
        assert all(target(it["GroupName"]) == "Schedules" for _, it in events("ScheduleV2"))

    def test_each_has_its_paragraph_in_the_runbook(self) -> None:
        text = (ROOT / "docs" / "operations.md").read_text("utf-8")
        described = re.findall(r"^\*\*`(\w+)`\*\*", text, re.MULTILINE)
        assert sorted(described) == sorted([*ALARMS, "Budget"])

    def test_no_metric_of_ours_has_a_dimension_that_costs_more_with_use(self) -> None:
        """A route, a merchant or a code would each be a metric of 30 cents a month."""
        for name, resource in of_type("AWS::Logs::MetricFilter").items():
            for metric in resource["MetricTransformations"]:
                assert "Dimensions" not in metric, name


class TestDashboard:
    def test_it_can_be_read_and_shows_what_exists(self) -> None:
        resolver = Resolver(TEMPLATE, {})
        body = resolver.resolve(RESOURCES["Glance"]["Properties"]["DashboardBody"], "Glance")
        widgets = json.loads(body)["widgets"]
        assert len(widgets) >= 10
        shown = [metric for it in widgets for metric in it["properties"]["metrics"]]
        assert len(shown) <= 50, "a free dashboard has fifty"
        for metric in shown:
            names = [part for part in metric if isinstance(part, str)]
            assert len(names) in (2, 4), f"namespace, name, and one dimension or none: {metric}"
        ours = {metric[1] for metric in shown if metric[0] == "Regulars"}
        counted = {
            name
            for path in (ROOT / "shared" / "regulars").rglob("*.py")
            for name in re.findall(r'\b(?:count|age)\("([A-Z]\w+)"', path.read_text("utf-8"))
        } | set(outbox.COUNTED.values())
        assert ours == counted, "each metric is shown, and each that is shown is counted"
