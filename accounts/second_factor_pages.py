"""Turning two-factor sign-in on and off, on the page of one's own account."""

from typing import Any

import segno
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from accounts import second_factor
from accounts.models import User
from accounts.sign_in import MAX_PASSWORD_LENGTH, password_matches
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import show_refusal
from pos_project.core.back_office.history import moment
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import DomainError, Invalid
from pos_project.core.http.throttling import Limit, counted

TITLE = "Two-factor sign-in"
_SALT = "second_factor_salt"  # in the session, until the first code proves that the app has it
_LOST = "Lost the phone and the recovery codes? An admin takes it off under People."


class OwnPassword(forms.Form):
    password = forms.CharField(
        label="Your password",
        max_length=MAX_PASSWORD_LENGTH,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "current-password"}),
    )


class TurnOn(OwnPassword):
    code = forms.CharField(
        label="The code that the app shows now",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )
    field_order = ("code", "password")


def require_few_tries(request: HttpRequest) -> None:
    """One's own password is asked for as often as one may sign in. Raises Invalid."""
    limit = Limit(
        "own-password",
        str(request.user.pk),
        settings.LOGIN_RATE_LIMIT,
        settings.LOGIN_RATE_WINDOW,
    )
    if limit.count and limit.seconds and counted(request, limit)["should_limit"]:
        raise Invalid("Too many attempts, please wait.")


def page(admin: ShopAdmin, request: HttpRequest) -> HttpResponse:
    """Turn it on where it is off, and off where it is on."""
    kept = second_factor.of(_by(request))
    if kept is None:
        return _turn_on(admin, request)

    def do(said: dict[str, Any], _: RequestKey | None) -> None:
        require_few_tries(request)
        second_factor.turn_off(_by(request), is_password=_is(said["password"]))

    return admin.ask_and_do(
        request,
        OwnPassword(asked(request)),
        do,
        lambda _: "Two-factor sign-in is off.",
        title=TITLE,
        button="Turn it off",
        back_to=admin.list_page,
        warning=(
            f"It is on since {moment(kept.turned_on_at)};"
            f" {second_factor.codes_left(kept)} recovery codes are left. For new ones, turn it off"
            f" and on again. {_LOST}"
        ),
    )


def _turn_on(admin: ShopAdmin, request: HttpRequest) -> HttpResponse:
    by, form = _by(request), TurnOn(asked(request))
    salt = request.session.setdefault(_SALT, second_factor.new_salt())
    if request.method == "POST" and form.is_valid():
        try:
            require_few_tries(request)
            codes = second_factor.turn_on(
                by,
                salt,
                form.cleaned_data["code"],
                is_password=_is(form.cleaned_data["password"]),
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            del request.session[_SALT]
            return _recovery_codes(admin, request, codes)
    secret = second_factor.written_secret(salt)
    shop = by.store.name
    address = second_factor.address_for_app(salt, email=by.email, shop=shop)
    return admin.ask_page(
        request,
        form,
        title=TITLE,
        button="Turn it on",
        back_to=admin.list_page,
        template="back_office/second_factor.html",
        extra={
            "picture": segno.make(address, error="m").svg_data_uri(scale=5, light="white"),
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        },
    )


def _recovery_codes(admin: ShopAdmin, request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.model._meta,
        "title": TITLE,
        "codes": codes,
        "back_to": admin.list_page,
    }
    return TemplateResponse(request, "back_office/recovery_codes.html", context)


def _by(request: HttpRequest) -> User:
    user: Any = request.user
    return user


def _is(typed: str) -> Any:
    return lambda user: password_matches(user, typed)
