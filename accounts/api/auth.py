"""`/api/auth`: sign in, refresh, sign out, confirm an e-mail address (docs/api.md §6).

Public: an `Authorization` header is not even looked at, so a stale one does no harm.
"""

from typing import Any, NoReturn

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import LoggedOutOut, LoginIn, SessionOut
from accounts.api.throttles import SignInThrottle, typed_email
from accounts.models import LoginEvent
from accounts.sessions import Session, SessionRefused, close_session, renew_session
from accounts.sign_in import Caller, record_attempt, sign_in
from accounts.verification import confirm_email
from pos_project.core.errors import Invalid
from pos_project.core.http.openapi import Done, ErrorBody
from pos_project.core.http.permissions import Public
from pos_project.core.http.throttling import client_address

REFRESH_COOKIE = "refreshToken"
# For the description alone.
USES_COOKIE: Any = [{"refreshCookie": []}]
USES_COOKIE_IF_THERE: Any = [*USES_COOKIE, {}]
SETS_COOKIE = OpenApiParameter(
    "Set-Cookie",
    str,
    location=OpenApiParameter.HEADER,
    response=[200],
    description=f"The cookie `{REFRESH_COOKIE}`, which no script can read.",
)


class FromKnownPage(BasePermission):
    """The cookie alone speaks for its user, so a foreign page may not make the browser send it."""

    message = "Access denied"

    def has_permission(self, request: Request, view: Any) -> bool:
        origin = request.headers.get("Origin")
        own = f"{request.scheme}://{request.get_host()}"
        return origin is None or origin == own or origin in settings.CORS_ALLOWED_ORIGINS


class LoginView(APIView):
    authentication_classes = ()
    permission_classes = (Public,)
    throttle_classes = (SignInThrottle,)

    @extend_schema(
        request=LoginIn,
        responses={200: SessionOut, 401: ErrorBody, 403: ErrorBody},
        parameters=[SETS_COOKIE],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Sign in with e-mail and password; sets the refresh cookie."""
        body = LoginIn(data=request.data)
        if not body.is_valid():
            raise Invalid("email and password are required", fields=dict(body.errors))
        typed = body.validated_data
        session = sign_in(
            typed["email"],
            typed["password"],
            otp=typed["otp"],
            caller=_caller(request),
            at=timezone.now(),
        )
        return _signed_in(session, "Login successful")

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        try:
            email = typed_email(request)
        except APIException:  # a body that cannot be read
            email = ""
        record_attempt(
            email,
            LoginEvent.Outcome.LIMITED,
            user=None,
            caller=_caller(request),
            at=timezone.now(),
        )
        raise Throttled(wait, "Too many sign-in attempts, please wait.")


class RefreshView(APIView):
    authentication_classes = ()
    permission_classes = (Public, FromKnownPage)
    throttle_classes = ()

    @extend_schema(
        request=None,
        responses={200: SessionOut, 401: ErrorBody, 403: ErrorBody},
        parameters=[SETS_COOKIE],
        auth=USES_COOKIE,
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Exchange the refresh cookie for a new access token and a new cookie."""
        token = request.COOKIES.get(REFRESH_COOKIE)
        if not token:
            raise SessionRefused("No refresh cookie")
        return _signed_in(renew_session(token, at=timezone.now()), "Token refreshed")

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, SessionRefused):
            _set_cookie(response, "", seconds=0)
        return response


class LogoutView(APIView):
    authentication_classes = ()
    permission_classes = (Public, FromKnownPage)
    throttle_classes = ()

    @extend_schema(
        request=None,
        responses={200: LoggedOutOut, 403: ErrorBody},
        parameters=[SETS_COOKIE],
        auth=USES_COOKIE_IF_THERE,
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Withdraw the refresh cookie's token; 200 also when there is nothing to withdraw."""
        token = request.COOKIES.get(REFRESH_COOKIE)
        if token:
            close_session(token, at=timezone.now())
        response = Response({"message": "Logged out"})
        _set_cookie(response, "", seconds=0)
        return response


class VerifyView(APIView):
    authentication_classes = ()
    permission_classes = (Public,)
    throttle_classes = ()

    @extend_schema(
        parameters=[OpenApiParameter("token", str, required=True)],
        responses={200: Done},
        tags=["auth"],
    )
    def get(self, request: Request) -> Response:
        """Confirm the e-mail address to which the link with this token was mailed."""
        confirm_email(request.query_params.get("token", ""))
        return Response({"success": True, "message": "E-mail address confirmed"})


def _caller(request: Request) -> Caller:
    return Caller(client_address(request._request), request.headers.get("User-Agent", ""))


def _signed_in(session: Session, message: str) -> Response:
    user = session.user
    response = Response(
        {
            "message": message,
            "accessToken": session.access_token,
            "user": {"id": user.pk, "name": user.name, "role": user.role},
        }
    )
    life = int(settings.REFRESH_TOKEN_EXPIRES_IN.total_seconds())
    _set_cookie(response, session.refresh_token, seconds=life)
    return response


def _set_cookie(response: Response, token: str, *, seconds: int) -> None:
    """Set the refresh cookie, or with 0 seconds clear it under the same attributes."""
    response.set_cookie(
        REFRESH_COOKIE,
        token,
        max_age=seconds,
        path="/",
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite=settings.COOKIE_SAME_SITE,  # type: ignore[arg-type]  # (a setting, any text)
    )
