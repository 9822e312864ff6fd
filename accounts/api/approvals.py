"""A manager's signature in the body of a request that staff may not make alone (docs/api.md §7)."""

from typing import Any, cast

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import Store, User
from accounts.sign_in import MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH, password_matches, user_of
from accounts.staff_rules import Approval, keep_refused
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import DomainError, Unavailable
from pos_project.core.http.permissions import STAFF
from pos_project.core.http.throttling import Limit, counted


class ApprovalRefused(DomainError):
    """Not the e-mail, password or PIN of an active manager; nobody learns which."""

    code = "approval_refused"
    status = 403


class TooManyApprovals(Unavailable):
    """Signatures are counted like sign-ins."""

    code = "throttled"
    status = 429


class ApprovalIn(serializers.Serializer):
    """Who approves, and by what: a password or a PIN."""

    email = serializers.CharField(max_length=MAX_EMAIL_LENGTH)
    password = serializers.CharField(
        required=False, trim_whitespace=False, max_length=MAX_PASSWORD_LENGTH
    )
    pin = serializers.CharField(required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("password" in attrs) == ("pin" in attrs):
            raise serializers.ValidationError({"pin": ["Send a password or a PIN."]})
        return attrs


class ApprovableIn(serializers.Serializer):
    """The body of a request that a manager may approve."""

    approval = ApprovalIn(required=False, allow_null=True)


def approval_of(request: Request, body: dict[str, Any]) -> Approval | None:
    """The manager who signed the body; None when nobody did.

    Raises ApprovalRefused, TooManyApprovals. Either stays in the audit. Hashing takes its time on
    purpose: call it outside transactions.
    """
    signature = body.get("approval")
    if not signature:
        return None
    by = cast(User, request.user)
    email = signature["email"]
    _count(request, by, email)
    user = user_of(email)
    column = "pin" if "pin" in signature else "password"
    matches = password_matches(user, signature[column], column=column)
    if user is None or not matches or not user.is_active or user.role == STAFF:
        keep_refused(f"Approval of {email}: not signed by an active manager.", Store, by=by)
        raise ApprovalRefused("The approval's e-mail, password or PIN is not a manager's.")
    return Approval(user)


def _count(request: Request, by: User, email: str) -> None:
    """Per user who asks, and per account from them: a till's address is many people's."""
    limit = settings.LOGIN_RATE_LIMIT, settings.LOGIN_RATE_WINDOW
    for each in (
        Limit("approval", str(by.pk), *limit),
        Limit("approval-account", f"{key_of(email)} {by.pk}", *limit),
    ):
        if not each.count or not each.seconds:
            continue
        usage = counted(request._request, each)
        if usage["should_limit"]:
            keep_refused(f"Approval of {email}: too many attempts.", Store, by=by)
            refusal = TooManyApprovals("Too many approvals, please wait.")
            refusal.retry_after_seconds = max(1, usage["time_left"])
            raise refusal
