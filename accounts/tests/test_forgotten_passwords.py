"""A forgotten password is chosen anew by a link from the mail, once."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.people import change_own_pin

pytestmark = pytest.mark.django_db

NEW = {"new_password1": "another-good-one", "new_password2": "another-good-one"}


def ask(email: str) -> Any:
    return Client().post(reverse("admin_password_reset"), {"email": email})


def link() -> str:
    found = re.search(r"https?://[^/]+(/admin/password/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def choose(address: str, **typed: str) -> Any:
    client = Client()
    form = client.get(address, follow=True)
    page = form.redirect_chain[-1][0] if form.redirect_chain else address
    return client.post(page, {**NEW, **typed}, follow=True)


def test_a_link_is_mailed_and_works_once(manager: User) -> None:
    change_own_pin(manager, "a-good-password", "482913")
    asked = ask(manager.email.upper())
    assert asked["Location"] == reverse("password-mailed")
    address = link()

    chosen = choose(address)

    assert "Your password was changed" in chosen.content.decode()
    manager.refresh_from_db()
    assert manager.check_password("another-good-one")
    assert manager.pin == "", "it was set by somebody who knew the old password"
    assert "does not work any more" in Client().get(address, follow=True).content.decode()


def test_nobody_learns_whether_an_address_has_an_account(manager: User) -> None:
    manager.status = "inactive"
    manager.save()

    for email in ("nobody@shop.example", manager.email):
        assert ask(email)["Location"] == reverse("password-mailed")
    assert mail.outbox == []


def test_a_short_password_is_refused(manager: User) -> None:
    ask(manager.email)
    refused = choose(link(), new_password1="short", new_password2="short")
    assert "At least 8 characters" in refused.content.decode()


def test_asking_is_limited_like_signing_in(manager: User, settings: Any) -> None:
    settings.LOGIN_RATE_LIMIT = 2
    answers = [ask(manager.email) for _ in range(3)]
    assert "Too many attempts" in answers[-1].content.decode()
    assert len(mail.outbox) == 2


def test_the_link_names_the_shops_own_address(manager: User, settings: Any) -> None:
    Client(headers={"host": "evil.example"}).post(
        reverse("admin_password_reset"), {"email": manager.email}
    )
    assert "evil.example" not in str(mail.outbox[0].body)
    assert str(mail.outbox[0].body).count(settings.APP_BASE_URL) == 1


def test_the_door_leads_there() -> None:
    assert reverse("admin_password_reset") in Client().get("/admin/login/").content.decode()
