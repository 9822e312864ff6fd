"""Rate limits, counted by django-ratelimit in a cache that all workers share (contract 1.8)."""

import time
from dataclasses import dataclass
from ipaddress import ip_address
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

    def limits(self, request: Request) -> list[Limit]:
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        tightest: dict[str, int] | None = None
        for limit in self.limits(request):
            if not limit.count or not limit.seconds:
                continue
            usage = get_usage(
                request._request,
                group=limit.group,
                key=lambda _group, _request, value=limit.key: value,
                rate=(limit.count, limit.seconds),
                increment=True,
            )
            if tightest is None or _left(usage) < _left(tightest):
                tightest = usage
        request._request.rate_usage = tightest  # type: ignore[attr-defined]
        self._usage = tightest
        return tightest is None or not tightest["should_limit"]

    def wait(self) -> float | None:
        return float(max(1, self._usage["time_left"])) if self._usage else None


class PerUser(ContractThrottle):
    """Everything under `/api` but `/auth`: so many requests a minute for each user."""

    def limits(self, request: Request) -> list[Limit]:
        if not request.user or not request.user.is_authenticated:
            return []
        key = str(request.user.pk)
        return [Limit("api", key, settings.API_RATE_LIMIT, settings.API_RATE_WINDOW)]


def client_address(request: HttpRequest) -> str:
    """The caller's address: the connection's own, or what our nearest trusted proxy reported.

    With TRUST_PROXY=n the n-th address from the right of X-Forwarded-For counts; anything that is
    no address there is ignored, so nobody chooses their own.
    """
    own = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104  (a unix socket has none)
    if settings.TRUST_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(forwarded) >= settings.TRUST_PROXY:
            try:
                return str(ip_address(forwarded[-settings.TRUST_PROXY].strip()))
            except ValueError:
                return own
    return own


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
