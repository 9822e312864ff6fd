"""Access and refresh tokens: HS256 JWTs under two different secrets, with a checked type."""

import time
import uuid
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from accounts.models import User

LEEWAY_SECONDS = 5


class InvalidToken(Exception):
    """Not signed by us, expired, or of the other type."""


@lru_cache(maxsize=8)
def _backend(secret: str) -> TokenBackend:
    return TokenBackend("HS256", signing_key=secret, leeway=timedelta(seconds=LEEWAY_SECONDS))


def access_token(user: User, *, now: datetime) -> str:
    """A signed access token: claims `id`, `role` (for the client to read), `iat`, `exp`."""
    claims = _claims("access", user, now, settings.JWT_EXPIRES_IN)
    return _backend(settings.JWT_ACCESS_SECRET).encode({**claims, "role": user.role})


def refresh_token(user: User, *, now: datetime) -> str:
    """A signed refresh token, unique per issue."""
    claims = _claims("refresh", user, now, settings.REFRESH_TOKEN_EXPIRES_IN)
    return _backend(settings.JWT_REFRESH_SECRET).encode(claims)


def read_access_token(token: str) -> dict[str, Any]:
    return _read(token, settings.JWT_ACCESS_SECRET, "access")


def read_refresh_token(token: str) -> dict[str, Any]:
    return _read(token, settings.JWT_REFRESH_SECRET, "refresh")


def _claims(kind: str, user: User, now: datetime, life: timedelta) -> dict[str, Any]:
    return {
        "token_type": kind,
        "id": user.pk,
        "jti": uuid.uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }


def _read(token: str, secret: str, kind: str) -> dict[str, Any]:
    claims = _signed(token, secret, kind)
    # What was signed stays so; when it ends is asked every time.
    if claims["exp"] <= time.time() - LEEWAY_SECONDS:
        raise InvalidToken
    return claims


@lru_cache(maxsize=1024)
def _signed(token: str, secret: str, kind: str) -> dict[str, Any]:
    """The claims of a token that we signed; those of the latest are remembered."""
    try:
        signed: Any = token  # (the stubs ask for a Token, which is made of such text)
        claims: dict[str, Any] = _backend(secret).decode(signed)
    except (TokenBackendError, ValueError, TypeError) as error:
        raise InvalidToken from error
    user_id = claims.get("id")
    if claims.get("token_type") != kind or "exp" not in claims or type(user_id) is not int:
        raise InvalidToken
    return claims
