"""The doctor looks at an account and at a stack of it, over the real clients."""

from __future__ import annotations

import pytest

from tests.deploy.cloud import PARAMETERS, Cloud, Document
from tests.ops.scripts import load

pytestmark = pytest.mark.deploy
doctor = load("doctor")


def words(cloud: Cloud, stack: str = "", mail_from: str = "") -> dict[str, str]:
    """What is found, with how it is."""
    return {it.words: it.how for it in doctor.examined(cloud.client, stack, mail_from, "")}


def only(found: dict[str, str], part: str) -> str:
    """How the one finding is that has this in its words."""
    (how,) = (how for text, how in found.items() if part in text)
    return how


def test_an_account_is_looked_at_before_anything_is_deployed(cloud: Cloud) -> None:
    found = words(cloud, mail_from="cards@nobody.example")
    assert only(found, "account 123456789012") == doctor.GOOD
    assert only(found, "SES may not send as cards@nobody.example") == doctor.WRONG
    cloud.client("sesv2").create_email_identity(EmailIdentity="nobody.example")
    assert only(words(cloud, mail_from="cards@nobody.example"), "SES may send as") == doctor.GOOD


def test_a_stack_is_looked_at(cloud: Cloud, template: Document) -> None:
    assert cloud.create("looked", template) == "CREATE_COMPLETE"
    cloud.client("sesv2").create_email_identity(EmailIdentity=PARAMETERS["MailFrom"])
    found = words(cloud, "looked")
    assert only(found, "is in CREATE_COMPLETE") == doctor.GOOD
    assert only(found, "can be deleted: make deploy") == doctor.WRONG
    assert only(found, "there is no key ring") == doctor.WRONG
    # This CloudFormation leaves the recovery out.
    assert only(found, "point-in-time recovery is DISABLED") == doctor.WRONG
    assert only(found, " answers 0") == doctor.WRONG, "nobody is there"
    assert only(found, "a mail is on its way to owner@regulars.example") == doctor.GOOD
    assert only(found, "the hourly job expiry has run") == doctor.GOOD
    assert only(found, "no sale was tried") == doctor.LOOK


def test_what_was_put_right_is_well(cloud: Cloud, template: Document) -> None:
    assert cloud.create("mended", template) == "CREATE_COMPLETE"
    ring = {"Name": "/mended/ring", "Value": "{}", "Type": "SecureString"}
    cloud.client("ssm").put_parameter(**ring)
    table = {"TableName": "mended-ledger", "DeletionProtectionEnabled": True}
    cloud.client("dynamodb").update_table(**table)
    recovery = {"PointInTimeRecoveryEnabled": True}
    cloud.client("dynamodb").update_continuous_backups(
        TableName="mended-ledger", PointInTimeRecoverySpecification=recovery
    )
    found = words(cloud, "mended")
    assert only(found, "point-in-time recovery is ENABLED") == doctor.GOOD
    assert only(found, "cannot be deleted by mistake") == doctor.GOOD
    assert only(found, "the key ring is there") == doctor.GOOD
