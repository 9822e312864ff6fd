"""Who is asking: the bearer token names a user, the database says whether they still may."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import InvalidToken, read_access_token
from pos_project.core.db.prepared import prepared
from pos_project.core.people import Status


@prepared
def active_user(user_id: int) -> QuerySet[Any]:
    """The user, unless archived or not active: read on every request, never remembered."""
    return User.objects.listed().filter(pk=user_id, status=Status.ACTIVE)


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. Role and status are read from the database on every request."""

    def authenticate(self, request: Request) -> tuple[User, dict[str, Any]] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        try:
            claims = read_access_token(token.strip())
        except InvalidToken as error:
            raise AuthenticationFailed("Token is invalid or expired") from error
        user: User | None = next(iter(active_user(claims["id"])), None)
        if user is None:
            raise AuthenticationFailed("Token is invalid or expired")
        return user, claims

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    """Tells the OpenAPI schema about the bearer token."""

    target_class = "accounts.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
