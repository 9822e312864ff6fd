"""Statements that nobody waits for: sent together, in order, and all or nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.utils import timezone

from catalog.models import Brand, Category
from pos_project.core.db import rows
from pos_project.core.db.mysql import base
from pos_project.core.db.rows import insert, insert_rows, set_by_id
from pos_project.core.db.transactions import transact
from pos_project.core.models import RateCounter
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from sales.models import Sale

pytestmark = pytest.mark.django_db(transaction=True)
queued = pytest.mark.mariadb
FIELDS = ("name", "name_key", "created_at", "updated_at")


def brand(name: str) -> tuple[Any, ...]:
    return name, name.lower(), timezone.now(), timezone.now()


def names() -> list[str]:
    return list(Brand.objects.order_by("id").values_list("name", flat=True))


@pytest.fixture(params=["together", "one by one", "to a cluster", "without RETURNING"])
def way(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """How a driver and a server take what is queued: mysqlclient, PyMySQL, Galera, MySQL 8."""
    if connection.vendor == "mysql" and request.param == "one by one":
        monkeypatch.setattr(base, "SENDS_SEVERAL", False)
    if connection.vendor == "mysql" and request.param == "to a cluster":
        monkeypatch.setattr(base.DatabaseWrapper, "is_clustered", lambda _: True)
    if request.param == "without RETURNING":
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has it")
        features = type(connections["default"].features)
        monkeypatch.setattr(features, "can_return_rows_from_bulk_insert", False)
        rows._insert.cache_clear()
    yield request.param
    rows._insert.cache_clear()


def test_ids_come_in_the_order_of_the_rows(way: str) -> None:
    def write() -> list[int]:
        first = insert_rows(Brand, FIELDS, [brand("Acme"), brand("Bolt")])
        second = insert_rows(Category, (*FIELDS, "is_active"), [(*brand("Tea"), True)])
        third = insert_rows(Brand, FIELDS, [brand("Core")])
        assert len(first) == 2
        assert [Category.objects.get().pk] == list(second)
        return [*first, *third]

    ids = transact(write)
    assert [Brand.objects.get(pk=pk).name for pk in ids] == ["Acme", "Bolt", "Core"]


def test_what_is_read_sees_what_was_written_before_it(way: str) -> None:
    def write() -> None:
        insert_rows(Brand, FIELDS, [brand("Acme")])
        assert names() == ["Acme"]
        insert_rows(Brand, FIELDS, [brand("Bolt")])
        with transaction.atomic():
            assert names() == ["Acme", "Bolt"]
            insert_rows(Brand, FIELDS, [brand("Core")])

    transact(write)
    assert names() == ["Acme", "Bolt", "Core"]


def test_a_mistake_that_nobody_waited_for_undoes_all(way: str) -> None:
    def write() -> None:
        insert_rows(Brand, FIELDS, [brand("Acme")])
        insert_rows(Brand, FIELDS, [brand("Acme")])
        insert_rows(Brand, FIELDS, [brand("Bolt")])

    with pytest.raises(IntegrityError):
        transact(write)
    assert names() == []
    transact(lambda: insert_rows(Brand, FIELDS, [brand("Bolt")]))
    assert names() == ["Bolt"]


@transaction.atomic
def twice() -> None:
    insert_rows(Brand, FIELDS, [brand("Acme")])
    insert_rows(Brand, FIELDS, [brand("Acme")])


@transaction.atomic
def given_up() -> None:
    insert_rows(Brand, FIELDS, [brand("Bolt")])
    raise ZeroDivisionError


def test_the_same_in_a_transaction_of_djangos_own(way: str) -> None:
    with pytest.raises(IntegrityError):
        twice()
    assert names() == []
    assert connection.get_autocommit()
    with transaction.atomic():
        insert_rows(Brand, FIELDS, [brand("Bolt")])
    assert names() == ["Bolt"]


def test_what_a_savepoint_gives_up_is_not_sent_later(way: str) -> None:
    with transaction.atomic():
        insert_rows(Brand, FIELDS, [brand("Acme")])
        with pytest.raises(ZeroDivisionError):
            given_up()
        insert_rows(Brand, FIELDS, [brand("Core")])
    assert names() == ["Acme", "Core"]


def test_a_failed_check_is_an_integrity_error_also_as_the_second_of_a_message(way: str) -> None:
    mug = shop.a_product()
    shop.stock(mug, 2, "2.00")
    [batch] = mug.batch_set.all()

    def write() -> None:
        insert_rows(Brand, FIELDS, [brand("Acme")])
        set_by_id(type(batch), ("remaining",), {batch.pk: (Decimal(-1),)})

    with pytest.raises(IntegrityError):
        transact(write)
    assert names() == []


def test_a_row_that_is_not_there_is_noticed(way: str) -> None:
    def write() -> None:
        insert_rows(Brand, FIELDS, [brand("Acme")])
        set_by_id(Brand, ("name",), {999_999: ("Bolt",)})

    with pytest.raises(AssertionError):
        transact(write)
    assert names() == []


def test_a_row_of_a_model_is_inserted_with_its_defaults(way: str) -> None:
    until = timezone.now() + timedelta(minutes=1)
    row = RateCounter(key_hash="0" * 64, count=3, expires_at=until)
    transact(lambda: insert(row))
    assert RateCounter.objects.get(pk=row.pk).count == 3
    assert not row._state.adding


def test_a_sale_is_the_same_however_it_is_sent(way: str) -> None:
    mug, tea, rahim = shop.a_product(), shop.a_service("3.00"), shop.a_customer()
    shop.buy((mug, 5, "2.00"), (mug, 5, "3.00"))
    sold = shop.sell((mug, 7), (tea, 1), customer=rahim, offered=shop.cash(3))
    shop.take_back(sold.sale)
    assert Sale.objects.get().refund_amount == sold.sale.total_amount
    books_agree()


@queued
def test_nothing_is_sent_before_somebody_waits() -> None:
    with transaction.atomic():
        names()  # BEGIN is sent with it
        insert_rows(Brand, FIELDS, [brand("Acme")])
        ids = insert_rows(Brand, FIELDS, [brand("Bolt")])
        ours: Any = connections["default"]
        assert len(ours.queue) == 2
        assert len(list(ids)) == 1
        assert ours.queue == []


@queued
def test_a_checkout_sends_seven_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products and customer; BEGIN with the locks; the sale; its lines; the entry; all else."""
    mug, rahim, cashier = shop.a_product("5.00"), shop.a_customer(), shop.a_cashier()
    shop.stock(mug, 9, "2.00")
    shop.sell((mug, 1), customer=rahim, by=cashier)
    sent: list[Any] = []
    real = base.base.CursorWrapper.execute
    monkeypatch.setattr(
        base.base.CursorWrapper,
        "execute",
        lambda cursor, query, args=None: sent.append(query) or real(cursor, query, args),
    )
    shop.sell((mug, 1), customer=rahim, by=cashier)
    assert len(sent) <= 7, sent


@queued
def test_to_a_cluster_each_statement_is_a_message_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Galera may roll back within a message and run the rest outside of the transaction."""
    mug, cashier = shop.a_product("5.00"), shop.a_cashier()
    shop.stock(mug, 9, "2.00")
    sent: list[Any] = []
    real = base.base.CursorWrapper.execute
    monkeypatch.setattr(
        base.base.CursorWrapper,
        "execute",
        lambda cursor, query, args=None: sent.append(query) or real(cursor, query, args),
    )
    monkeypatch.setattr(base.DatabaseWrapper, "is_clustered", lambda _: True)
    shop.sell((mug, 1), by=cashier)
    assert [each for each in sent if ";" in each] == []
    assert "BEGIN" in sent


@queued
def test_one_server_is_no_cluster_and_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(base, "_clusters", {})
    monkeypatch.setattr(base, "is_cluster", lambda cursor: bool(asked.append(cursor)))
    wrapper: Any = connections["default"]
    wrapper.ensure_connection()
    assert not wrapper.is_clustered()
    assert not wrapper.is_clustered()
    assert len(asked) == 1


@queued
def test_a_message_of_which_not_all_was_told_is_a_lost_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever ended it: the answer to one statement is never taken for that of the next."""
    real: Any = base.MySQLdb.cursors.Cursor
    monkeypatch.setattr(real, "nextset", lambda _: None)
    with pytest.raises(OperationalError, match="Not all statements"), transaction.atomic():
        names()


@queued
def test_a_cursor_that_cannot_be_closed_hides_no_lost_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Django closes it when its statement fails; the driver's own error would be a 500."""
    cursor: Any = base.MySQLdb.cursors.Cursor
    lost = base.MySQLdb.OperationalError(2013, "Lost connection to server during query")
    with monkeypatch.context() as patch:
        for method in ("_query", "close"):
            patch.setattr(cursor, method, Mock(side_effect=lost))
        with pytest.raises(OperationalError, match="Lost connection"):
            names()


@queued
def test_a_transaction_begins_and_ends_without_switching_autocommit() -> None:
    statements = shop.statements(lambda: transact(names))
    assert [each for each in statements if "autocommit" in each.lower()] == []
    assert statements[0] == "BEGIN"
    assert statements[-1] == "COMMIT"


@queued
def test_a_connection_just_used_is_not_asked_whether_it_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    wrapper: Any = connections["default"]
    names()
    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", lambda _: asked.append(1) or True)
    monkeypatch.setattr(wrapper, "_alive_at", base.monotonic() - base.ASK_AFTER_SECONDS - 1)
    assert wrapper.is_usable()
    assert wrapper.is_usable()
    assert len(asked) == 1
    monkeypatch.setattr(wrapper, "errors_occurred", True)
    assert wrapper.is_usable()
    assert len(asked) == 2
