"""What all dashboards have in common: the envelope, the dates they take, their constant cost."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import get_resolver, resolve
from django.utils import timezone
from rest_framework import serializers
from rest_framework.test import APIClient

from pos_project.core.days import at_noon, today
from pos_project.core.http.figures import FiguresSerializer
from pos_project.tests import shop
from pos_project.tests.test_permission_matrix import api_routes
from reports.dashboards.dashboard import DashboardView, PeriodView

pytestmark = pytest.mark.django_db


def routes(base: type[DashboardView]) -> list[str]:
    found = [f"/api/{route}" for route in api_routes(get_resolver().url_patterns)]
    return [
        route.replace("users/1/", "users/me/")
        for route in found
        if issubclass(getattr(resolve(route).func, "cls", object), base)
    ]


EVERY, OF_A_PERIOD = sorted(set(routes(DashboardView))), sorted(set(routes(PeriodView)))


def test_the_dashboards_are_found() -> None:
    assert {"/api/dashboard/main", "/api/dashboard/profit-loss"} <= set(OF_A_PERIOD) <= set(EVERY)


@pytest.mark.parametrize("route", EVERY)
def test_a_dashboard_answers_in_its_envelope_even_in_an_empty_shop(
    route: str, as_admin: APIClient
) -> None:
    answer = as_admin.get(route)
    body = answer.json()

    assert answer.status_code == 200
    assert set(body) == {"success", "message", "data", "meta"}
    assert body["success"] is True
    assert isinstance(body["message"], str)
    assert body["meta"]["timestamp"].startswith(today().isoformat())


@pytest.mark.parametrize("route", OF_A_PERIOD)
@pytest.mark.parametrize(
    "query",
    [
        {"fromDate": "2026-02-30"},
        {"toDate": "soon"},
        {"fromDate": "2026-02-02", "toDate": "2026-02-01"},
        {"fromDate": "2026-02-02\0"},
    ],
)
def test_nonsense_dates_are_refused(route: str, query: dict[str, str], as_admin: APIClient) -> None:
    answer = as_admin.get(route, query)

    assert answer.status_code == 400
    assert answer.json()["success"] is False
    assert set(answer.json()["errors"]) <= {"fromDate", "toDate"}


@pytest.mark.parametrize("route", OF_A_PERIOD)
@pytest.mark.parametrize(
    "query",
    [
        {"fromDate": "", "toDate": ""},
        {"fromDate": "2000-01-01", "toDate": "2100-12-31"},
        {"fromDate": "2099-01-01", "toDate": "2099-12-31"},
        {"toDate": "2000-01-01", "sale_id": "7"},
    ],
)
def test_any_real_period_is_answered(
    route: str, query: dict[str, str], as_admin: APIClient
) -> None:
    shop.sell((shop.a_service(), 1), customer=shop.a_customer())
    assert as_admin.get(route, query).status_code == 200


def a_trade(number: int) -> None:
    """A sale on credit, one in cash and a refund, a few days ago; expenses come with the dues."""
    at = at_noon(today() - timedelta(days=2 + number % 3))
    by = shop.a_cashier(f"seller-{number % 3}")
    customer, service = shop.a_customer(), shop.a_service()
    shop.sell((service, 2), customer=customer, offered=shop.on_credit(), by=by, at=at)
    sold = shop.sell((service, 3), by=by, at=at, tax=Decimal("0.30")).sale
    shop.take_back(sold, shop.units_of(sold.items.get(), 1))
    shop.pay_dues(customer, "1.50")
    shop.sell((service, 1), by=by)


@pytest.mark.parametrize("route", EVERY)
def test_the_answer_is_what_the_description_says(route: str, as_admin: APIClient) -> None:
    for number in range(3):
        a_trade(number)
    answering: Any = resolve(route).func
    view = answering.cls
    body = as_admin.get(route).json()

    _is_shaped(body["data"], view.data_serializer(), "data")
    _is_shaped(body["meta"], view.meta_serializer(), "meta")


@pytest.mark.parametrize("route", EVERY)
def test_the_answer_is_what_rest_framework_itself_makes_of_the_fields(
    route: str, as_admin: APIClient, monkeypatch: pytest.MonkeyPatch, time_machine: Any
) -> None:
    for number in range(3):
        a_trade(number)
    time_machine.move_to(timezone.now(), tick=False)
    monkeypatch.setattr(time, "perf_counter", lambda: 0.0)
    answer = as_admin.get(route).content

    monkeypatch.setattr(
        FiguresSerializer, "to_representation", serializers.Serializer.to_representation
    )
    assert as_admin.get(route).content == answer


def _is_shaped(value: Any, field: serializers.Field, where: str) -> None:
    if value is None:
        assert field.allow_null, where
    elif isinstance(field, serializers.ListSerializer | serializers.ListField):
        assert isinstance(value, list), where
        for each in value:
            _is_shaped(each, field.child, where)
    elif isinstance(field, serializers.Serializer):
        assert set(value) == set(field.fields), where
        for name, child in field.fields.items():
            _is_shaped(value[name], child, f"{where}.{name}")
    elif isinstance(field, serializers.DictField):
        assert isinstance(value, dict), where
    elif isinstance(field, serializers.IntegerField):
        assert type(value) is int, (where, value)
    elif isinstance(field, serializers.CharField | serializers.DateField):
        assert isinstance(value, str), (where, value)
    else:
        assert isinstance(value, int | float | str), (where, value)
