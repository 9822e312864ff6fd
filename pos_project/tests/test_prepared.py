"""A prepared query finds what its QuerySet finds, and is put together once per shape."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet, Sum

from accounts.models import User
from catalog.models import Product
from inventory.models import InventoryLog
from pos_project.core.db import prepared as module
from pos_project.core.db.prepared import prepared
from pos_project.tests import shop

pytestmark = pytest.mark.django_db
built: list[Any] = []


@prepared
def products(ids: list[int], status: str) -> QuerySet[Any]:
    built.append(ids)
    rows = Product.objects.listed().filter(pk__in=ids, status=status).order_by("id")
    return rows.values_list("pk", "name", "price", "keeps_stock", "created_at", named=True)


@prepared
def moved(product_ids: list[int], since: date) -> QuerySet[Any]:
    rows = InventoryLog.objects.filter(product_id__in=product_ids, business_date__gte=since)
    sums = rows.order_by("product_id").values("product_id").annotate(units=Sum("change_qty"))
    return sums.values_list("product_id", "units", named=True)


@prepared
def people(user_id: int) -> QuerySet[Any]:
    return User.objects.filter(pk=user_id)


@prepared
def locked_names(product_id: int) -> QuerySet[Any]:
    return Product.objects.select_for_update().filter(pk=product_id).values_list("name", flat=True)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_it_finds_what_the_queryset_finds(count: int) -> None:
    ids = [product.pk for product in shop.many_products(12)][:count]
    Product.objects.filter(pk=ids[0]).update(status="inactive", keeps_stock=False)
    for status in ("active", "inactive"):
        found = products(ids, status)
        assert found == [tuple(row) for row in products.build(ids, status)]
        for row in found:
            assert type(row.price) is Decimal
            assert type(row.keeps_stock) is bool
            assert row.created_at.tzinfo is not None


def test_sums_and_days_are_converted() -> None:
    mug = shop.a_product()
    shop.stock(mug, 3, "2.00")
    today = shop.a_cashier().created_at.date()
    [row] = moved([mug.pk], today - timedelta(days=2))
    assert row == (mug.pk, Decimal(3))
    assert moved([mug.pk], today + timedelta(days=2)) == []


def test_a_list_of_none_finds_nothing_and_asks_nothing() -> None:
    assert shop.statements(lambda: products([], "active")) == []


def test_it_is_built_once_for_lengths_that_share_a_shape() -> None:
    ids = [product.pk for product in shop.many_products(8)]
    products(ids[:5], "active")
    del built[:]
    for count in (5, 6, 7, 8):
        assert len(products(ids[:count], "active")) == count
    assert built == []


def test_a_model_instance_is_whole() -> None:
    cashier = shop.a_cashier()
    [found] = people(cashier.pk)
    assert found == cashier
    assert found.get_deferred_fields() == set()
    assert {field.attname: getattr(found, field.attname) for field in User._meta.concrete_fields}[
        "email"
    ] == cashier.email
    assert not found._state.adding


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_our_bug() -> None:
    mug = shop.a_product()
    with transaction.atomic():
        assert locked_names(mug.pk) == [mug.name]
    with pytest.raises(AssertionError):
        locked_names(mug.pk)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_went_away_is_made_anew_outside_a_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mug, real, calls = shop.a_product(), module._sent, []

    def lost_once(*args: Any) -> Any:
        calls.append(args)
        if len(calls) % 2:
            raise OperationalError(2006, "Server has gone away")
        return real(*args)

    monkeypatch.setattr(module, "_sent", lost_once)
    # (the test's own database may live in memory)
    monkeypatch.setattr(connection._connections["default"], "close", lambda: None)
    assert [row.pk for row in products([mug.pk], "active")] == [mug.pk]
    assert len(calls) == 2
    with transaction.atomic(), pytest.raises(OperationalError):
        products([mug.pk], "active")


@prepared
def logged_between(begin: datetime, end: datetime) -> QuerySet[Any]:
    rows = InventoryLog.objects.filter(created_at__gte=begin, created_at__lt=end)
    return rows.order_by("id").values_list("id", "created_at", "change_qty")


def test_moments_are_arguments_and_many_rows_come_one_by_one() -> None:
    mug = shop.a_product()
    for _ in range(3):
        shop.stock(mug, 1, "2.00")
    kept = list(InventoryLog.objects.order_by("id").values_list("id", "created_at", "change_qty"))
    assert len(kept) == 3
    begin, end = kept[0][1], kept[-1][1] + timedelta(microseconds=1)
    for known in (logged_between(begin, end), list(logged_between.iterator(begin, end))):
        assert known == kept
    tuesday = begin - timedelta(days=1)
    assert logged_between(tuesday, begin) == list(logged_between.iterator(tuesday, begin)) == []
    assert shop.statements(lambda: list(products.iterator([], "active"))) == []
