"""Rate limits, counted by django-ratelimit in a cache that all workers share (docs/api.md §10)."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


@dataclass(frozen=True)
class Limit:
    """`count` requests in `seconds`, per `key`. A count or window of 0 switches it off."""

    group: str
    key: str
    count: int
    seconds: int


class ContractThrottle(BaseThrottle):
    """Counts a request against each of its limits, and keeps the tightest for the headers."""

    _usage: dict[str, int] | None

    def limits(self, request: Request) -> Iterable[Limit]:
        """What to count, in order; nothing after the first one that is exceeded."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        self._usage = None
        for limit in self.limits(request):
            if not limit.count or not limit.seconds:
                continue
            usage = counted(request._request, limit)
            if self._usage is None or _tightness(usage) > _tightness(self._usage):
                self._usage = usage
            request._request.rate_usage = self._usage  # type: ignore[attr-defined]  # (ours)
            if usage["should_limit"]:
                return False
        return True

    def wait(self) -> float | None:
        return float(max(1, self._usage["time_left"])) if self._usage else None


def counted(request: HttpRequest, limit: Limit) -> dict[str, Any]:
    """Count a request against a limit: django-ratelimit's usage, with `should_limit`."""
    usage: dict[str, Any] = get_usage(
        request,
        group=limit.group,
        key=lambda _group, _request: limit.key,
        rate=(limit.count, limit.seconds),
        increment=True,
    )
    return usage


class PerUser(ContractThrottle):
    """Everything under `/api` but `/auth`: so many requests a minute for each user."""

    def limits(self, request: Request) -> Iterable[Limit]:
        if not request.user or not request.user.is_authenticated:
            return []
        key = str(request.user.pk)
        return [Limit("api", key, settings.API_RATE_LIMIT, settings.API_RATE_WINDOW)]


def client_address(request: HttpRequest) -> str:
    """The caller's address: the connection's own, or what our nearest trusted proxy reported.

    With TRUST_PROXY=n the n-th address from the right of X-Forwarded-For counts; anything that is
    no address there is ignored, so nobody chooses their own.
    """
    # A unix socket has no address of its own.
    own = _address(request.META.get("REMOTE_ADDR") or "") or "0.0.0.0"  # noqa: S104  (nobody's)
    if settings.TRUST_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(forwarded) >= settings.TRUST_PROXY:
            return _address(forwarded[-settings.TRUST_PROXY]) or own
    return own


@lru_cache(maxsize=1024)
def _address(text: str) -> str | None:
    """The one spelling of an IP address (without a zone, IPv4 as such); None if it is none."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address)))
    return str(address)


def usage_headers(request: HttpRequest) -> dict[str, str]:
    """`X-RateLimit-*` of a counted request: limit, remaining, and the epoch second of the reset."""
    usage = getattr(request, "rate_usage", None)
    if not usage:
        return {}
    return {
        "X-RateLimit-Limit": str(usage["limit"]),
        "X-RateLimit-Remaining": str(_left(usage)),
        "X-RateLimit-Reset": str(int(time.time()) + max(0, usage["time_left"])),
    }


def _left(usage: dict[str, int]) -> int:
    return max(0, usage["limit"] - usage["count"])


def _tightness(usage: dict[str, int]) -> tuple[bool, int, int]:
    """Exceeded comes first, then what has least left, then what takes longest to reset."""
    return bool(usage["should_limit"]), -_left(usage), usage["time_left"]
