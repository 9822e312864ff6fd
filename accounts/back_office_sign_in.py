"""Signing in to the back office: the same limits and the same record as the API's door."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.forms import AuthenticationForm

from accounts.models import LoginEvent, User
from accounts.sign_in import (
    MAX_EMAIL_LENGTH,
    Caller,
    password_matches,
    record_attempt,
    sign_in_limits,
    user_of,
)
from pos_project.core.http.throttling import client_address, counted

Outcome = LoginEvent.Outcome


class SignInForm(AuthenticationForm):
    """E-mail and password of an admin or manager; every attempt is counted and recorded."""

    def clean(self) -> dict[str, Any]:
        email = str(self.cleaned_data.get("username") or "")[:MAX_EMAIL_LENGTH]
        assert self.request is not None
        address = client_address(self.request)
        if any(
            counted(self.request, limit)["should_limit"]
            for limit in sign_in_limits(address, lambda: email)
            if limit.count and limit.seconds
        ):
            self._record(email, Outcome.LIMITED, None)
            raise forms.ValidationError("Too many sign-in attempts, please wait.", code="limited")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            self._record(email, self._why(email), user_of(email))
            raise
        self._record(email, Outcome.OK, self.get_user())
        return cleaned

    def confirm_login_allowed(self, user: Any) -> None:
        """Whoever has the right password is told where it works."""
        if user.is_active and not user.is_staff:
            raise forms.ValidationError(
                "Your account works at the till. The back office is for managers and admins.",
                code="till_only",
            )
        super().confirm_login_allowed(user)

    def _why(self, email: str) -> LoginEvent.Outcome:
        user = user_of(email)
        known = password_matches(user, str(self.cleaned_data.get("password") or ""))
        return Outcome.INACTIVE if user and known else Outcome.WRONG

    def _record(self, email: str, outcome: LoginEvent.Outcome, user: User | None) -> None:
        assert self.request is not None
        agent = self.request.headers.get("User-Agent", "")
        caller = Caller(client_address(self.request), agent)
        record_attempt(email, outcome, user=user, caller=caller, at=timezone.now())
