"""How often one may try to sign in: per client address, and per account from that address."""

from collections.abc import Iterator
from ipaddress import ip_network

from django.conf import settings
from rest_framework.request import Request

from accounts.sign_in import MAX_EMAIL_LENGTH
from pos_project.core.keys import key_of
from pos_project.core.throttling import ContractThrottle, Limit, client_address


class SignInThrottle(ContractThrottle):
    """Every attempt counts. Never the account alone: anybody could lock its owner out."""

    def limits(self, request: Request) -> Iterator[Limit]:
        if request.method != "POST":
            return
        limit = settings.LOGIN_RATE_LIMIT, settings.LOGIN_RATE_WINDOW
        network = _network(client_address(request._request))
        yield Limit("login", network, *limit)
        yield Limit("login-account", f"{key_of(typed_email(request))} {network}", *limit)


def typed_email(request: Request) -> str:
    """The e-mail of a sign-in form as it was typed, cut where no address is longer; `""` for
    anything that is no text."""
    body = request.data
    email = body.get("email") if isinstance(body, dict) else None
    return email[:MAX_EMAIL_LENGTH] if isinstance(email, str) else ""


def _network(address: str) -> str:
    # An IPv6 customer owns a /64 at least: each of its addresses would be a fresh start.
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
