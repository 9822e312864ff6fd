"""Who may open which page of the back office, and that no form there changes history."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from conftest import at_the_office, make_user
from ledger import closing
from pos_project.core.days import at_noon, today
from pos_project.tests import shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("traded")]

# Pages of people are the admins' own; everything else is the managers' too.
ADMINS_ONLY = {"user"}
# What may be entered by a form, and what of it may be changed again.
ENTERED = {
    *("brand", "category", "taxrate", "product", "customer", "supplier", "user", "store"),
    *("ledgeraccount", "paymentmethod", "purchase", "expense", "journalentry"),
    *("periodlock", "till", "storeproduct", "transfer"),
}
MANAGERS_ENTER = ENTERED - {"user", "store", "taxrate"}
# Pages of what only admins do to a row that managers change, too.
ADMINS_DO = re.compile("/store/[0-9]+/(close|reopen)/$")
CHANGED = ENTERED - {"purchase", "expense", "journalentry", "periodlock", "transfer"}


@pytest.fixture(scope="module")
def traded(standing: Callable[..., Any]) -> None:
    standing(trade)


def trade() -> None:
    """Something of everything, and a closed day."""
    past = today() - timedelta(days=2)
    shop.sell((shop.a_service(), 1), at=at_noon(past))
    closing.seal(past)
    shop.a_days_work()


def client_of(role: str) -> Client:
    client = at_the_office(User.objects.filter(role=role).first() or make_user(role))
    return client


def names() -> list[str]:
    return sorted(model._meta.model_name or "" for model in admin.site._registry)


def pages(model_name: str) -> Iterator[str]:
    """The list, the form of a new row, and one row's page and actions."""
    [(model, page)] = [
        (model, page)
        for model, page in admin.site._registry.items()
        if model._meta.model_name == model_name
    ]
    stem = f"admin:{model._meta.app_label}_{model_name}"
    yield reverse(f"{stem}_changelist")
    yield reverse(f"{stem}_add")
    row = model._default_manager.order_by("-pk").first()
    if row is not None:
        yield reverse(f"{stem}_change", args=[row.pk])
        for action in page._get_base_actions_detail():  # type: ignore[attr-defined]  # (Unfold's)
            yield reverse(f"admin:{action.action_name}", args=[row.pk])
    for action in page._get_base_actions_list():  # type: ignore[attr-defined]  # (Unfold's)
        yield reverse(f"admin:{action.action_name}")


@pytest.mark.parametrize("model_name", names())
def test_strangers_and_staff_are_sent_to_the_door(model_name: str) -> None:
    for client in (Client(), client_of("staff")):
        for page in pages(model_name):
            answer = client.get(page)
            assert answer.status_code == 302, page
            assert answer["Location"].startswith("/admin/login/"), page


@pytest.mark.parametrize("model_name", names())
def test_every_page_opens_for_whom_it_is(model_name: str) -> None:
    for role, entered in (("admin", ENTERED), ("manager", MANAGERS_ENTER)):
        client = client_of(role)
        for page in pages(model_name):
            if role == "manager" and (model_name in ADMINS_ONLY or ADMINS_DO.search(page)):
                expected = {403}
            elif page.endswith("/add/"):
                expected = {200} if model_name in entered else {403}
            else:
                # An action leads on: to a paper, or to the page of whom it is about.
                expected = {200, 302}
            assert client.get(page).status_code in expected, (role, page)


@pytest.mark.parametrize("model_name", names())
def test_history_is_neither_changed_nor_deleted_by_a_form(model_name: str) -> None:
    clients = [client_of(role) for role in ("admin", "manager")]
    [model] = [model for model in admin.site._registry if model._meta.model_name == model_name]
    row = model._default_manager.order_by("-pk").first()
    if row is None:
        return
    stem = f"admin:{model._meta.app_label}_{model_name}"
    changed, deleted = (reverse(f"{stem}_{what}", args=[row.pk]) for what in ("change", "delete"))
    before = shop.everything()

    for client in clients:
        assert client.post(deleted, {"post": "yes"}).status_code == 403
        if model_name not in CHANGED:
            assert client.post(changed, {}).status_code == 403
        client.post(
            reverse(f"{stem}_changelist"),
            {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"},
        )

    assert {**shop.everything(), "django_session": ()} == {**before, "django_session": ()}


@pytest.mark.parametrize(
    "model_name",
    ["sale", "customer", "customerdue", "payment", "journalentry", "inventorylog", "batch"],
)
def test_a_list_costs_the_same_for_few_rows_as_for_many(model_name: str, queries: Any) -> None:
    client = client_of("manager")
    page = next(pages(model_name))
    client.get(page)
    few = len(queries(lambda: client.get(page)))
    shirt = shop.a_product()
    shop.stock(shirt, 100)
    for _ in range(12):
        shop.sell((shirt, 1), customer=shop.a_customer(), offered=shop.on_credit())
    assert len(queries(lambda: client.get(page))) == few
