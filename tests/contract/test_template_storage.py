"""The table, queues, schedules and archive of the template: what feeds what, what is kept."""

from __future__ import annotations

import json
import re

import pytest

from local.intrinsics import Resolver
from regulars.jobs import working
from regulars.store import closing
from tests.contract.stack import (
    ALARMS,
    FUNCTIONS,
    GLOBALS,
    QUEUES,
    RESOURCES,
    TEMPLATE,
    actions,
    events,
    of_type,
    target,
    verb,
)


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
    def test_each_consumer_gets_only_what_it_needs(self, name: str, prefix: str) -> None:
        (event,) = (it for function, it in events("DynamoDB") if function == f"{name}Function")
        first, *others = (json.loads(one["Pattern"]) for one in event["FilterCriteria"]["Filters"])
        assert first == {
            "eventName": ["INSERT"],
            "dynamodb": {"Keys": {"SK": {"S": [{"prefix": prefix}]}}},
        }
        changed = {"eventName": ["MODIFY"], "dynamodb": {"Keys": {"SK": {"S": ["PROFILE"]}}}}
        assert others == ([changed] if name == "Outbox" else [])


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

    def test_one_function_writes_it_and_the_api_hands_it_out(self) -> None:
        may = {
            verb(name): {it for it in actions(function) if it.startswith("s3:")}
            for name, function in FUNCTIONS.items()
        }
        assert {name: it for name, it in may.items() if it} == {
            "api": {"s3:GetObject"},
            "console": {"s3:GetObject"},  # it asks the API in its own process
            "close": {"s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"},
        }
        named = {verb(name) for name, it in FUNCTIONS.items() if "ArchiveBucket" in str(it)}
        assert named == {"api", "close", "console"}
