"""CloudFormation's YAML and its intrinsic functions, as far as the template goes.

References get their local values: a table its name, a queue its URL (known once the local SQS
runs), a function its name. An unknown function or reference is an error that names its place.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from local.aws import ACCOUNT, REGION, arn

STACK = "regulars"


class TemplateError(Exception):
    """The template holds something the local stack cannot honour; the message says where."""


class _Loader(yaml.CSafeLoader):
    """YAML with the short forms of CloudFormation (`!Ref`, `!Sub`, …)."""


def _short_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        raise TemplateError(f"!{tag} takes a text or a list")
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _short_form)


def read_yaml(path: Path) -> dict[str, Any]:
    """The template as plain values; short forms become their long ones."""
    try:
        # The loader is a safe one; the two constructors it adds build plain dictionaries.
        document = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506
    except FileNotFoundError:
        raise TemplateError(f"there is no {path}") from None
    except yaml.YAMLError as error:
        raise TemplateError(f"{path.name} is not YAML: {error}") from None
    if not isinstance(document, dict) or "Resources" not in document:
        raise TemplateError(f"{path.name} is no template: it has no Resources")
    return document


class Resolver:
    """Evaluates intrinsic functions against one template."""

    def __init__(self, document: dict[str, Any], parameters: Mapping[str, str]) -> None:
        self._resources: dict[str, Any] = document.get("Resources", {})
        self._globals: dict[str, Any] = document.get("Globals", {}).get("Function", {})
        self._conditions: dict[str, Any] = document.get("Conditions", {})
        self._parameters = {
            name: parameters.get(name, declared.get("Default"))
            for name, declared in document.get("Parameters", {}).items()
        }
        # Values that exist only once the local services run, such as queue URLs.
        self.late: dict[str, str] = {}
        self._functions: dict[str, Callable[[Any, str], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::If": self._if,
            "Fn::Select": lambda it, place: self.resolve(it[1], place)[int(it[0])],
            "Fn::Split": lambda it, place: self.resolve(it[1], place).split(it[0]),
            "Fn::Equals": lambda it, place: (
                self.resolve(it[0], place) == self.resolve(it[1], place)
            ),
            "Fn::Not": lambda it, place: not self.resolve(it[0], place),
            "Fn::And": lambda it, place: all(self.resolve(each, place) for each in it),
            "Fn::Or": lambda it, place: any(self.resolve(each, place) for each in it),
            "Condition": lambda it, place: self._condition(it, place),
        }

    def wanted(self, resource: Mapping[str, Any]) -> bool:
        """Whether a resource's condition holds."""
        name = resource.get("Condition")
        return name is None or self._condition(name, "Resources")

    def resolve(self, value: Any, place: str) -> Any:
        """`value` with every intrinsic function evaluated; AWS::NoValue removes its key."""
        if isinstance(value, list):
            resolved_items = [self.resolve(each, place) for each in value]
            return [each for each in resolved_items if each is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name in self._functions:
                return self._functions[name](argument, place)
            if name.startswith("Fn::"):
                raise TemplateError(f"{place}: the local stack does not know {name}")
        resolved = {key: self.resolve(each, f"{place}.{key}") for key, each in value.items()}
        return {key: each for key, each in resolved.items() if each is not _NOTHING}

    def physical_name(self, logical_id: str) -> str:
        """What a resource is called: its own name property, or stack and logical id."""
        resource = self._resources[logical_id]
        property_name = _NAME_PROPERTIES.get(resource["Type"], "Name")
        given = (resource.get("Properties") or {}).get(property_name)
        return f"{STACK}-{logical_id}" if given is None else str(self.resolve(given, logical_id))

    def arn(self, logical_id: str) -> str:
        """The ARN of a resource."""
        kind = str(self._resources[logical_id]["Type"])
        name = self.physical_name(logical_id)
        service, prefix = _ARNS.get(kind, (kind.split("::")[1].lower(), ""))
        return arn(service, prefix + name)

    def alias(self, function: str) -> str:
        """The ARN by which a function is called: its alias, where functions have one."""
        name = self._globals.get("AutoPublishAlias")
        return f"{self.arn(function)}:{name}" if name else self.arn(function)

    def stream_arn(self, table: str) -> str:
        """What stands for the stream of this table."""
        return f"{self.arn(table)}/stream/local"

    def _ref(self, name: str, place: str) -> Any:
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        if name.endswith(".Alias"):  # as SAM has it: a reference to what it makes of a function
            return self.alias(name.removesuffix(".Alias"))
        if name not in self._resources:
            raise TemplateError(f"{place}: Ref to {name}, which is not in the template")
        if name in self.late:
            return self.late[name]
        by_arn = ("AWS::SNS::Topic", "AWS::Serverless::LayerVersion")
        if self._resources[name]["Type"] in by_arn:
            return self.arn(name)
        return self.physical_name(name)

    def _get_att(self, argument: list[str], place: str) -> Any:
        name, attribute = argument
        if name not in self._resources:
            raise TemplateError(f"{place}: GetAtt of {name}, which is not in the template")
        if attribute == "Arn":
            return self.arn(name)
        if attribute == "Alias":
            return self.alias(name)
        if attribute == "StreamArn":
            return self.stream_arn(name)
        if attribute == "QueueName":
            return self.physical_name(name)
        if attribute == "QueueUrl":
            return self._ref(name, place)
        raise TemplateError(f"{place}: the local stack does not know {name}.{attribute}")

    def _sub(self, argument: Any, place: str) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})

        def replacement(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return str(self.resolve(given[name], place))
            if "." in name:
                return str(self._get_att(name.split(".", 1), place))
            return str(self._ref(name, place))

        return re.sub(r"\$\{([^}]+)\}", replacement, text)

    def _join(self, argument: Any, place: str) -> str:
        separator, parts = argument
        return str(separator).join(str(it) for it in self.resolve(parts, place))

    def _if(self, argument: Any, place: str) -> Any:
        name, then, otherwise = argument
        return self.resolve(then if self._condition(name, place) else otherwise, place)

    def _condition(self, name: str, place: str) -> bool:
        if name not in self._conditions:
            raise TemplateError(f"{place}: there is no condition {name}")
        return bool(self.resolve(self._conditions[name], f"Conditions.{name}"))


_NOTHING = object()
_PSEUDO: dict[str, Any] = {
    "AWS::AccountId": ACCOUNT,
    "AWS::NoValue": _NOTHING,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
_NAME_PROPERTIES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::LayerVersion": "LayerName",
}
_ARNS = {  # type -> (service in the ARN, what stands before the name)
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::Serverless::Function": ("lambda", "function:"),
    "AWS::Serverless::LayerVersion": ("lambda", "layer:"),
}
