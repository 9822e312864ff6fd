"""How often one may try to sign in: per client address, and per account from that address."""

from collections.abc import Iterator

from django.conf import settings
from rest_framework.request import Request

from accounts.sign_in import MAX_EMAIL_LENGTH, sign_in_limits
from pos_project.core.http.throttling import ContractThrottle, Limit, client_address


class SignInThrottle(ContractThrottle):
    """Every attempt counts. Never the account alone: anybody could lock its owner out."""

    def limits(self, request: Request) -> Iterator[Limit]:
        if request.method != "POST":
            return
        address = client_address(request._request)
        yield from sign_in_limits(address, lambda: typed_email(request))


class OwnPasswordThrottle(SignInThrottle):
    """Where a signed-in user's password is asked for again: as often as one may sign in."""

    def limits(self, request: Request) -> Iterator[Limit]:
        if request.user.is_authenticated:
            yield Limit(
                "own-password",
                str(request.user.pk),
                settings.LOGIN_RATE_LIMIT,
                settings.LOGIN_RATE_WINDOW,
            )


def typed_email(request: Request) -> str:
    """The e-mail of a sign-in form as it was typed, cut where no address is longer; `""` for
    anything that is no text."""
    body = request.data
    email = body.get("email") if isinstance(body, dict) else None
    return email[:MAX_EMAIL_LENGTH] if isinstance(email, str) else ""
