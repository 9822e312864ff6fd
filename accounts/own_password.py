"""Changing one's own password in the back office, by the use case that everything else calls."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm

from accounts.forgotten_passwords import SetsPassword
from accounts.second_factor_pages import require_few_tries
from pos_project.core.errors import Invalid


class OwnPasswordForm(SetsPassword, AdminOwnPasswordChangeForm):
    request: HttpRequest

    def clean_old_password(self) -> Any:
        try:
            require_few_tries(self.request)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return super().clean_old_password()


class OwnPassword(PasswordChangeView):
    form_class = OwnPasswordForm
    success_url = reverse_lazy("admin:password_change_done")

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), **admin.site.each_context(self.request)}


def change(request: HttpRequest) -> HttpResponseBase:
    return OwnPassword.as_view()(request)
