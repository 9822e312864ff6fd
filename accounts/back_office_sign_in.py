"""Signing in to the back office: the same limits and the same record as the API's door.

Whoever has turned on two-factor sign-in is asked for the code on a second page. What was right on
the first is in that page, signed, and good for five minutes.
"""

from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.crypto import salted_hmac
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts import second_factor
from accounts.models import LoginEvent, User
from accounts.sign_in import (
    MAX_EMAIL_LENGTH,
    Caller,
    password_matches,
    record_attempt,
    require_second_factor,
    sign_in_limits,
    user_of,
)
from pos_project.core.errors import DomainError
from pos_project.core.http.throttling import client_address, counted

Outcome = LoginEvent.Outcome
SECOND_PAGE_SECONDS = 5 * 60
_SIGNER = signing.TimestampSigner(salt="half signed in")


class SignInForm(AuthenticationForm):
    """E-mail and password of an admin or manager, then the code of whoever has one; every attempt
    is counted and recorded."""

    half = forms.CharField(required=False, widget=forms.HiddenInput)
    otp = forms.CharField(
        label="Code of the app",
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": "", "autocapitalize": "none"}
        ),
        help_text="Six digits, or one of your recovery codes.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.half_signed_in = _half_signed_in(str(self.data.get("half") or ""))
        for name in ("username", "password"):
            self.fields[name].required = self.half_signed_in is None

    @property
    def asks_for_code(self) -> bool:
        return self.half_signed_in is not None

    @property
    def half_now(self) -> str:
        """What the second page brings back of the first."""
        return _signed(self.half_signed_in) if self.half_signed_in else ""

    def clean(self) -> dict[str, Any]:
        said, known = self.cleaned_data, self.half_signed_in
        email = known.email if known else str(said.get("username") or "")[:MAX_EMAIL_LENGTH]
        if self._is_limited(email):
            self._record(email, Outcome.LIMITED, None)
            raise forms.ValidationError("Too many sign-in attempts, please wait.", code="limited")
        if known is None and said.get("half"):
            raise forms.ValidationError("That took too long: sign in again.", code="too_late")
        try:
            if known is None:
                said = super().clean()
            else:
                self.confirm_login_allowed(known)
                self.user_cache = known
        except forms.ValidationError:
            self._record(email, self._why(email), user_of(email))
            raise
        user = self.get_user()
        if known is None and second_factor.of(user) is not None:
            self.half_signed_in = user
            raise forms.ValidationError("Now the code that your app shows.", code="otp")
        self._require_code(email, user, str(said.get("otp") or ""))
        self._record(email, Outcome.OK, user)
        return said

    def confirm_login_allowed(self, user: Any) -> None:
        """Whoever has the right password is told where it works."""
        if user.is_active and not user.is_staff:
            raise forms.ValidationError(
                "Your account works at the till. The back office is for managers and admins.",
                code="till_only",
            )
        super().confirm_login_allowed(user)

    def _require_code(self, email: str, user: User, otp: str) -> None:
        try:
            require_second_factor(user, otp, email=email, caller=self._caller(), at=timezone.now())
        except DomainError as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal

    def _is_limited(self, email: str) -> bool:
        assert self.request is not None
        request, limits = self.request, sign_in_limits(self._caller().address, lambda: email)
        return any(
            counted(request, limit)["should_limit"]
            for limit in limits
            if limit.count and limit.seconds
        )

    def _why(self, email: str) -> LoginEvent.Outcome:
        user = user_of(email)
        known = password_matches(user, str(self.cleaned_data.get("password") or ""))
        return Outcome.INACTIVE if user and known else Outcome.WRONG

    def _record(self, email: str, outcome: LoginEvent.Outcome, user: User | None) -> None:
        record_attempt(email, outcome, user=user, caller=self._caller(), at=timezone.now())

    def _caller(self) -> Caller:
        assert self.request is not None
        return Caller(client_address(self.request), self.request.headers.get("User-Agent", ""))


def _signed(user: User) -> str:
    return _SIGNER.sign(f"{user.pk}.{_of_password(user)}")


def _half_signed_in(text: str) -> User | None:
    """Who gave the right password a moment ago; None when it was changed since, or is too old."""
    try:
        user_id, _, digest = _SIGNER.unsign(text, max_age=SECOND_PAGE_SECONDS).partition(".")
    except signing.BadSignature:
        return None
    user = User.objects.listed().filter(pk=int(user_id)).first()
    return user if user and user.is_active and digest == _of_password(user) else None


def _of_password(user: User) -> str:
    return salted_hmac("accounts.half_signed_in", user.password).hexdigest()
