"""Reading `template.yaml`: what of the deployed system matters on one machine.

Understands exactly the part of SAM that the template uses, and fails loudly on the rest, so that
nothing works here and is missing in AWS without anybody noticing. Resources that have no meaning
locally (alarms, roles, log groups) are passed over by type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import routes as http_routes
from local.intrinsics import Resolver, TemplateError, read_yaml
from local.routes import Route

__all__ = [
    "Function",
    "Queue",
    "QueueSource",
    "Schedule",
    "StreamSource",
    "Table",
    "Template",
    "TemplateError",
    "load",
]

Document = dict[str, Any]

# Types that say nothing about how a request is answered on one machine.
_PASSED_OVER = (
    "AWS::ApiGatewayV2::",
    "AWS::ApplicationInsights::",
    "AWS::Budgets::",
    "AWS::CloudFront::",
    "AWS::CloudWatch::",
    "AWS::IAM::",
    "AWS::KMS::",
    "AWS::Lambda::Permission",
    "AWS::Logs::",
    "AWS::ResourceGroups::",
    "AWS::Route53::",
    "AWS::S3::BucketPolicy",
    "AWS::SES::",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SQS::QueuePolicy",
    "AWS::WAFv2::",
)


@dataclass(frozen=True)
class Table:
    """The table: CreateTable's parameters without the name, and the TTL attribute or ''."""

    logical_id: str
    name: str
    definition: Document
    ttl_attribute: str


@dataclass(frozen=True)
class Queue:
    """A queue and its redrive policy; `dead_letter_queue` is a logical id or ''."""

    logical_id: str
    name: str
    visibility_timeout_s: int = 30
    retention_s: int = 345_600
    dead_letter_queue: str = ""
    max_receive_count: int = 0


@dataclass(frozen=True)
class QueueSource:
    """SQS messages for a function."""

    name: str
    function: str
    queue: str
    batch_size: int = 10
    partial_failures: bool = False


@dataclass(frozen=True)
class StreamSource:
    """Records of the table's stream for a function; ages in seconds, -1 means no limit."""

    name: str
    function: str
    batch_size: int = 100
    patterns: tuple[str, ...] = ()
    partial_failures: bool = False
    bisect: bool = False
    max_retries: int = -1
    max_age_s: int = -1
    on_failure_queue: str = ""


@dataclass(frozen=True)
class Schedule:
    """A clock that calls a function. `expression` is `rate(…)` or `cron(…)`."""

    name: str
    function: str
    expression: str
    timezone: str = "UTC"
    input: str = ""
    max_retries: int = 185
    max_age_s: int = 86_400
    dead_letter_queue: str = ""
    enabled: bool = True


@dataclass(frozen=True)
class Function:
    """One Lambda function. `verb` is the name of its folder; `paths` go on `sys.path`."""

    logical_id: str
    name: str
    verb: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    timeout_s: int
    memory_mb: int
    environment: Mapping[str, Any]
    reserved_concurrency: int | None = None


@dataclass
class Template:
    """All that matters locally. Queues and functions by logical id, buckets by name."""

    resolver: Resolver
    table: Table
    functions: dict[str, Function] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    buckets: list[str] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    queue_sources: list[QueueSource] = field(default_factory=list)
    stream_sources: list[StreamSource] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)


def load(path: Path, parameters: Mapping[str, str] | None = None) -> Template:
    """Read a template; raises TemplateError with the place when it holds something unknown."""
    document = read_yaml(path)
    resolver = Resolver(document, parameters or {})
    resources = {
        name: resource
        for name, resource in document.get("Resources", {}).items()
        if resolver.wanted(resource)
    }
    tables = [name for name, it in resources.items() if it["Type"] == "AWS::DynamoDB::Table"]
    if len(tables) != 1:
        raise TemplateError(f"{path.name}: expected one AWS::DynamoDB::Table, found {len(tables)}")
    result = Template(resolver, _table(tables[0], resources[tables[0]], resolver))
    reader = _Reader(path.resolve().parent, document, resources, resolver, result)
    for name, resource in resources.items():
        reader.read(name, resource)
    return result


def _table(name: str, resource: Document, resolver: Resolver) -> Table:
    properties = dict(resolver.resolve(resource.get("Properties", {}), name))
    taken = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    definition = {key: properties[key] for key in taken if key in properties}
    definition["BillingMode"] = "PAY_PER_REQUEST"
    stream = properties.get("StreamSpecification")
    if stream:
        definition["StreamSpecification"] = {"StreamEnabled": True, **stream}
    ttl = properties.get("TimeToLiveSpecification", {})
    attribute = str(ttl["AttributeName"]) if ttl.get("Enabled") else ""
    return Table(name, resolver.physical_name(name), definition, attribute)


class _Reader:
    """Turns resources into the values above, one method per kind."""

    def __init__(
        self,
        root: Path,
        document: Document,
        resources: dict[str, Document],
        resolver: Resolver,
        result: Template,
    ) -> None:
        self._root = root
        self._globals: Document = document.get("Globals", {}).get("Function", {})
        self._resources = resources
        self._resolver = resolver
        self._result = result

    def read(self, name: str, resource: Document) -> None:
        kind = str(resource["Type"])
        properties: Document = resource.get("Properties") or {}
        if kind == "AWS::Serverless::Function":
            self._function(name, properties)
        elif kind == "AWS::SQS::Queue":
            self._queue(name, properties)
        elif kind == "AWS::S3::Bucket":
            self._result.buckets.append(self._resolver.physical_name(name))
        elif kind == "AWS::Serverless::HttpApi":
            self._http_api(name, properties)
        elif kind in ("AWS::DynamoDB::Table", "AWS::Serverless::LayerVersion"):
            return
        elif not kind.startswith(_PASSED_OVER):
            raise TemplateError(f"{name}: the local stack does not know {kind}")

    def _http_api(self, name: str, properties: Document) -> None:
        http_routes.only(name, properties, _HTTP_API)
        place = f"{name}.DefinitionBody"
        document = self._resolver.resolve(properties.get("DefinitionBody", {}), place)
        functions = {
            self._resolver.alias(it): it
            for it, resource in self._resources.items()
            if resource["Type"] == "AWS::Serverless::Function"
        }
        self._result.routes += http_routes.read(place, document, functions)

    def _queue(self, name: str, properties: Document) -> None:
        values = self._resolver.resolve(properties, name)
        if values.get("FifoQueue"):
            raise TemplateError(f"{name}: the local stack has no FIFO queues")
        redrive = values.get("RedrivePolicy") or {}
        self._result.queues[name] = Queue(
            logical_id=name,
            name=self._resolver.physical_name(name),
            visibility_timeout_s=int(values.get("VisibilityTimeout", 30)),
            retention_s=int(values.get("MessageRetentionPeriod", 345_600)),
            dead_letter_queue=self._queue_of(redrive.get("deadLetterTargetArn", ""), name),
            max_receive_count=int(redrive.get("maxReceiveCount", 0)),
        )

    def _queue_of(self, arn: Any, place: str) -> str:
        """The logical id of the queue with this ARN; '' for no ARN."""
        if not arn:
            return ""
        for name, resource in self._resources.items():
            if resource["Type"] == "AWS::SQS::Queue" and self._resolver.arn(name) == arn:
                return name
        raise TemplateError(f"{place}: {arn} is no queue of this template")

    def _function(self, name: str, properties: Document) -> None:
        merged = {**self._globals, **properties}
        http_routes.only(name, merged, _FUNCTION)
        resolve = self._resolver.resolve
        if resolve(merged.get("PackageType", "Zip"), name) != "Zip":
            raise TemplateError(f"{name}: only zip functions run locally")
        code = self._root / str(resolve(merged["CodeUri"], name))
        layers = [*self._globals.get("Layers", []), *properties.get("Layers", [])]
        environment = {
            **self._globals.get("Environment", {}).get("Variables", {}),
            **properties.get("Environment", {}).get("Variables", {}),
        }
        reserved = merged.get("ReservedConcurrentExecutions")
        self._result.functions[name] = Function(
            logical_id=name,
            name=self._resolver.physical_name(name),
            verb=code.resolve().name,
            handler=str(resolve(merged["Handler"], name)),
            code=code.resolve(),
            layers=tuple(self._layer(layer, name) for layer in layers),
            timeout_s=int(resolve(merged.get("Timeout", 3), name)),
            memory_mb=int(resolve(merged.get("MemorySize", 128), name)),
            environment=environment,
            reserved_concurrency=None if reserved is None else int(resolve(reserved, name)),
        )
        for event_name, event in (properties.get("Events") or {}).items():
            self._event(name, event_name, str(event["Type"]), event.get("Properties") or {})

    def _layer(self, reference: Any, place: str) -> Path:
        target = reference.get("Ref") if isinstance(reference, dict) else None
        resource = self._resources.get(str(target), {})
        if resource.get("Type") != "AWS::Serverless::LayerVersion":
            raise TemplateError(f"{place}: {reference!r} is no layer of this template")
        uri = self._resolver.resolve(resource["Properties"]["ContentUri"], place)
        return (self._root / str(uri)).resolve()

    def _event(self, function: str, name: str, kind: str, properties: Document) -> None:
        place = f"{function}.{name}"
        if kind not in _EVENTS:
            raise TemplateError(f"{place}: the local stack does not know events of type {kind}")
        http_routes.only(place, properties, _EVENTS[kind])
        values: Document = self._resolver.resolve(properties, place)
        if kind == "SQS":
            self._result.queue_sources.append(self._queue_source(place, function, values))
        elif kind == "DynamoDB":
            self._result.stream_sources.append(self._stream_source(place, function, values))
        else:
            self._result.schedules.append(self._schedule(place, function, kind, values))

    def _queue_source(self, place: str, function: str, values: Document) -> QueueSource:
        return QueueSource(
            name=place,
            function=function,
            queue=self._queue_of(values["Queue"], place),
            batch_size=int(values.get("BatchSize", 10)),
            partial_failures=_reports_failures(values),
        )

    def _stream_source(self, place: str, function: str, values: Document) -> StreamSource:
        if values["Stream"] != self._resolver.stream_arn(self._result.table.logical_id):
            raise TemplateError(f"{place}: the local stack has the stream of the table only")
        filters = (values.get("FilterCriteria") or {}).get("Filters", [])
        destination = (values.get("DestinationConfig") or {}).get("OnFailure", {})
        return StreamSource(
            name=place,
            function=function,
            batch_size=int(values.get("BatchSize", 100)),
            patterns=tuple(str(it["Pattern"]) for it in filters),
            partial_failures=_reports_failures(values),
            bisect=bool(values.get("BisectBatchOnFunctionError", False)),
            max_retries=int(values.get("MaximumRetryAttempts", -1)),
            max_age_s=int(values.get("MaximumRecordAgeInSeconds", -1)),
            on_failure_queue=self._queue_of(destination.get("Destination"), place),
        )

    def _schedule(self, place: str, function: str, kind: str, values: Document) -> Schedule:
        retry = values.get("RetryPolicy") or {}
        dead_letters = values.get("DeadLetterConfig") or {}
        http_routes.only(f"{place}.DeadLetterConfig", dead_letters, frozenset({"Arn"}))
        return Schedule(
            name=place,
            function=function,
            expression=str(values["ScheduleExpression" if kind == "ScheduleV2" else "Schedule"]),
            timezone=str(values.get("ScheduleExpressionTimezone", "UTC")),
            input=str(values.get("Input", "")),
            max_retries=int(retry.get("MaximumRetryAttempts", 185)),
            max_age_s=int(retry.get("MaximumEventAgeInSeconds", 86_400)),
            dead_letter_queue=self._queue_of(dead_letters.get("Arn"), place),
            enabled=values.get("State", "ENABLED") == "ENABLED",
        )


def _reports_failures(values: Document) -> bool:
    return "ReportBatchItemFailures" in (values.get("FunctionResponseTypes") or [])


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FUNCTION = _names(
    "Architectures AutoPublishAlias CodeUri DeadLetterQueue DeploymentPreference Description "
    "Environment EphemeralStorage EventInvokeConfig Events FunctionName Handler KmsKeyArn Layers "
    "LoggingConfig MemorySize PackageType PermissionsBoundary Policies RecursiveLoop "
    "ReservedConcurrentExecutions Role Runtime RuntimeManagementConfig SnapStart Tags Timeout "
    "Tracing"
)
# CORS and authorizers change what a request gets, and are not built here.
_HTTP_API = _names(
    "AccessLogSettings DefaultRouteSettings DefinitionBody Description DisableExecuteApiEndpoint "
    "Domain FailOnWarnings Name PropagateTags RouteSettings StageName StageVariables Tags"
)
_EVENTS = {
    "SQS": _names(
        "BatchSize Enabled FunctionResponseTypes MaximumBatchingWindowInSeconds Queue ScalingConfig"
    ),
    "DynamoDB": _names(
        "BatchSize BisectBatchOnFunctionError DestinationConfig Enabled FilterCriteria "
        "FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds "
        "MaximumRetryAttempts ParallelizationFactor StartingPosition Stream"
    ),
    "ScheduleV2": _names(
        "DeadLetterConfig Description FlexibleTimeWindow GroupName Input Name OmitName "
        "PermissionsBoundary RetryPolicy RoleArn ScheduleExpression ScheduleExpressionTimezone "
        "State"
    ),
    "Schedule": _names("DeadLetterConfig Description Input Name RetryPolicy Schedule"),
}
