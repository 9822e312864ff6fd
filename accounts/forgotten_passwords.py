"""A forgotten password: a link by mail, with which a new one is chosen.

Whether an address has an account is never said. The link is good for `PASSWORD_RESET_TIMEOUT`, and
for one new password: it is signed with the old one.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import PasswordResetCompleteView as Complete
from django.contrib.auth.views import (
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import path, reverse_lazy
from django.utils import timezone

from accounts import people
from accounts.models import User
from accounts.sign_in import MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH, sign_in_limits, user_of
from pos_project.core.http.throttling import client_address, counted

MIN_PASSWORD = 8


class ForgottenForm(PasswordResetForm):
    """Whom to mail a link: whoever may sign in with this address, whatever its case."""

    email = forms.EmailField(
        max_length=MAX_EMAIL_LENGTH, widget=forms.EmailInput(attrs={"autofocus": ""})
    )

    def get_users(self, email: str) -> Iterable[User]:
        user = user_of(email)
        return [user] if user and user.is_active else []


class SetsPassword(BaseForm):
    """Sets it as the page of people does: sessions and PIN end with the old one."""

    user: User

    def clean_new_password1(self) -> str:
        typed: str = self.cleaned_data["new_password1"]
        if not MIN_PASSWORD <= len(typed) <= MAX_PASSWORD_LENGTH:
            raise forms.ValidationError(f"At least {MIN_PASSWORD} characters.")
        return typed

    def save(self, commit: bool = True) -> Any:
        password = {"password": self.cleaned_data["new_password1"]}
        self.user = people.change_user(
            self.user.pk, password, by=self.user, at=timezone.now()
        )  # whose hash goes into the session that stays
        return self.user


class NewPasswordForm(SetsPassword, SetPasswordForm):
    pass


class Forgotten(PasswordResetView):
    form_class = ForgottenForm
    template_name = "registration/forgotten.html"
    email_template_name = "registration/forgotten_mail.txt"
    subject_template_name = "registration/forgotten_subject.txt"
    success_url = reverse_lazy("password-mailed")
    extra_email_context = {"address": settings.APP_BASE_URL.rstrip("/")}  # not what a caller says

    def form_valid(self, form: Any) -> HttpResponse:
        """Limited like signing in: mails cost others something."""
        limits = sign_in_limits(client_address(self.request), lambda: form.cleaned_data["email"])
        for limit in limits:
            if limit.count and limit.seconds and counted(self.request, limit)["should_limit"]:
                form.add_error(None, "Too many attempts, please wait.")
                return self.form_invalid(form)
        return super().form_valid(form)


class Mailed(PasswordResetDoneView):
    template_name = "registration/forgotten_mailed.html"


class Choose(PasswordResetConfirmView):
    form_class = NewPasswordForm
    template_name = "registration/forgotten_choose.html"
    success_url = reverse_lazy("password-chosen")


class Chosen(Complete):
    template_name = "registration/forgotten_chosen.html"


urlpatterns = [
    path("", Forgotten.as_view(), name="admin_password_reset"),  # the name that the door looks for
    path("mailed/", Mailed.as_view(), name="password-mailed"),
    path("<uidb64>/<token>/", Choose.as_view(), name="password_reset_confirm"),
    path("chosen/", Chosen.as_view(), name="password-chosen"),
]
