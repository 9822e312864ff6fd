"""One use case, one transaction, replayed as a whole when the engine refuses it."""

import threading
from unittest.mock import Mock

import pytest
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from model_bakery import baker

from accounts.models import Store
from catalog.models import Brand
from inventory.models import BatchQuerySet
from inventory.products import remove_product
from ledger import parties
from ledger.chart_models import LedgerAccount, PaymentMethod
from pos_project.core.db import transactions
from pos_project.core.db.transactions import DEADLOCK_TRIES, TRIES, snapshot, transact
from pos_project.core.errors import Conflict, Invalid, OutcomeUnknown, Unavailable
from pos_project.tests import shop
from pos_project.tests.invariants import books_agree
from pos_project.tests.races import Meeting, at_once, kinds, on_file
from purchasing import receive
from purchasing.models import Purchase
from purchasing.supplier_payments import SUPPLIER_DUES
from sales import checkout
from sales.customer_payments import CUSTOMER_DUES
from sales.models import Customer, Sale

__all__ = ["on_file"]
pytestmark = pytest.mark.django_db(transaction=True)

DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock")
LOST = OperationalError(2013, "Lost connection to MySQL server during query")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(transactions.time, "sleep", lambda seconds: None)


class Story:
    """A use case that writes a brand, then is refused so many times."""

    def __init__(self, *refusals):
        self.refusals, self.tries = list(refusals), 0

    def __call__(self):
        self.tries += 1
        Brand.objects.create(name="Acme")
        if self.refusals:
            raise self.refusals.pop(0)
        return "done"


@pytest.mark.parametrize(
    "refusal",
    [
        DEADLOCK,
        OperationalError(1205, "Lock wait timeout exceeded"),
        OperationalError(1020, "Record has changed since last read"),
        OperationalError("database is locked"),
        OperationalError("database table is locked: brands"),
        OperationalError(2003, "Can't connect to MySQL server"),
        OperationalError(1040, "Too many connections"),
    ],
    ids=str,
)
def test_what_the_engine_refuses_is_done_again_from_the_start(refusal):
    story = Story(refusal, refusal)
    assert transact(story) == "done"
    assert story.tries == 3
    assert Brand.objects.count() == 1, "what the first tries wrote is gone"


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (DEADLOCK, DEADLOCK_TRIES),
        (OperationalError(1205, "waited"), TRIES),
        (ProgrammingError(1064, "Unknown trigger has an error in its body: '…'"), TRIES),
    ],
)
def test_who_is_refused_every_time_is_told_to_come_back_and_nothing_is_written(error, tries):
    story = Story(*[error] * (tries + 1))
    with pytest.raises(Unavailable) as busy:
        transact(story)
    assert type(busy.value) is Unavailable
    assert (busy.value.status, busy.value.retry_after_seconds) == (503, 1)
    assert story.tries == tries
    assert not Brand.objects.exists()


def test_after_a_minute_nobody_tries_again(monkeypatch):
    monkeypatch.setattr(transactions, "GIVE_UP_AFTER_SECONDS", -1)
    story = Story(DEADLOCK, DEADLOCK)
    with pytest.raises(Unavailable):
        transact(story)
    assert story.tries == 1


@pytest.mark.parametrize("refusal", [Invalid("No."), IntegrityError(1062, "Duplicate"), KeyError()])
def test_a_refusal_of_the_shop_or_a_bug_is_not_tried_again(refusal):
    story = Story(refusal)
    with pytest.raises(type(refusal)):
        transact(story)
    assert story.tries == 1
    assert not Brand.objects.exists()


@pytest.mark.parametrize(
    "loss",
    [LOST, OperationalError(1927, "Connection was killed"), InterfaceError(0, "")],
    ids=str,
)
def test_a_connection_lost_half_way_is_opened_again(monkeypatch, loss):
    closed = []
    monkeypatch.setattr(connection, "close", lambda: closed.append(True))
    story = Story(loss)
    assert transact(story) == "done"
    assert closed
    assert Brand.objects.count() == 1


def test_a_connection_lost_in_the_commit_leaves_the_outcome_unknown(monkeypatch):
    def lose():
        raise LOST

    story = Story()
    with monkeypatch.context() as patch:
        patch.setattr(connection, "close", lambda: None)
        patch.setattr(connection, "_commit", lose)
        with pytest.raises(OutcomeUnknown) as unknown:
            transact(story)
    assert unknown.value.status == 503
    assert story.tries == 1, "it may have been saved: nothing is done twice"


def test_a_commit_that_the_engine_refuses_is_done_again(monkeypatch):
    real, refusals = connection._commit, [DEADLOCK]

    def certify():
        if refusals:
            raise refusals.pop()
        real()

    monkeypatch.setattr(connection, "_commit", certify)
    story = Story()
    assert transact(story) == "done"
    assert (story.tries, Brand.objects.count()) == (2, 1)


def test_a_server_out_of_reach_answers_503_to_who_only_reads(monkeypatch, client):
    monkeypatch.setattr(
        "accounts.authentication.read_access_token",
        Mock(side_effect=OperationalError(2002, "Can't connect to local server")),
    )
    answer = client.get("/api/sales", headers={"Authorization": "Bearer any"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


# --- What was named is removed meanwhile ---


@pytest.fixture
def just_before(monkeypatch):
    """Let something happen between what a use case looks up and its transaction."""

    def arrange(owner, name, act):
        real = getattr(owner, name)

        def then(*args, **kwargs):
            result = real(*args, **kwargs)
            act()
            return result

        monkeypatch.setattr(owner, name, then)

    return arrange


def test_a_customer_removed_while_the_till_rings_up_is_a_conflict(just_before):
    rahim, postage = shop.a_customer(), shop.a_service()
    just_before(
        checkout,
        "read_and_price",
        lambda: parties.remove(CUSTOMER_DUES, rahim.pk, by=shop.a_cashier()),
    )
    shop.a_cashier()
    with pytest.raises(Conflict):
        shop.sell((postage, 1), customer=rahim)
    assert not Sale.objects.exists()


def test_a_customer_removed_before_the_advance_is_decided_on_is_unknown(just_before):
    rahim, postage = shop.a_customer(), shop.a_service()
    just_before(
        checkout,
        "read_and_price",
        lambda: parties.remove(CUSTOMER_DUES, rahim.pk, by=shop.a_cashier()),
    )
    shop.a_cashier()
    with pytest.raises(Invalid):
        shop.sell((postage, 1), customer=rahim, offered=shop.cash(50, use_advance=True))
    assert not Sale.objects.exists()


def test_a_service_removed_while_the_till_rings_up_is_a_conflict(just_before):
    postage = shop.a_service()
    just_before(checkout, "read_and_price", lambda: remove_product(postage.pk, by=shop.a_cashier()))
    shop.a_cashier()
    with pytest.raises(Conflict):
        shop.sell((postage, 1))
    assert not Sale.objects.exists()


@pytest.mark.parametrize("use_advance", [False, True])
def test_a_supplier_removed_while_goods_come_in_is_no_duplicate_invoice(just_before, use_advance):
    delta, mug = shop.a_supplier(), shop.a_product()
    just_before(
        receive, "_check", lambda: parties.remove(SUPPLIER_DUES, delta.pk, by=shop.a_cashier())
    )
    shop.a_cashier()
    offered = shop.cash(0, use_advance=use_advance)
    with pytest.raises(Invalid if use_advance else Conflict) as refused:
        shop.buy((mug, 1, "2.00"), supplier=delta, offered=offered, invoice="PO-1")
    assert "invoice_no" not in refused.value.fields
    assert not Purchase.objects.exists()


def test_a_use_case_is_never_part_of_another_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        transact(Story())
    assert not Brand.objects.exists()


def test_a_sale_that_meets_a_deadlock_is_sold_once(monkeypatch):
    mug = shop.a_product("5.00")
    shop.stock(mug, 3)
    shop.a_cashier()
    real, refusals = connection._commit, [DEADLOCK]

    def refuse_first():
        if refusals:
            raise refusals.pop()
        real()

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_commit", refuse_first)
        shop.sell((mug, 1))
    assert shop.stock_of(mug) == 2
    books_agree()


def test_the_store_the_chart_and_the_methods_survive_a_tests_flush():
    """Every test of this file begins after a flush; what `migrate` makes is there again."""
    assert list(Store.objects.values_list("pk", flat=True)) == [1]
    assert LedgerAccount.objects.filter(code="CASH").exists()
    assert set(PaymentMethod.objects.values_list("code", flat=True)) == {
        "cash",
        "card",
        "bkash",
        "nagad",
    }


# --- Real ones, where row locks exist ---


def lock_both(first, second, meeting, tries):
    """Lock two customers in the given order, meeting the other till in between."""

    def do():
        tries.append(first)
        Customer.objects.select_for_update().get(pk=first)
        meeting.wait()
        Customer.objects.select_for_update().get(pk=second)
        return "done"

    return lambda: transact(do)


@pytest.mark.mariadb
def test_a_real_deadlock_is_replayed():
    one, two = baker.make(Customer, name="One").pk, baker.make(Customer, name="Two").pk
    meeting, tries = Meeting(), []
    outcomes = at_once(lock_both(one, two, meeting, tries), lock_both(two, one, meeting, tries))
    assert meeting.met
    assert outcomes == ["done", "done"]
    assert len(tries) == 3, "the engine chose one of the two, which came back"


@pytest.mark.mariadb
def test_control_without_replay_a_deadlock_costs_a_till_its_sale(monkeypatch):
    monkeypatch.setattr(transactions, "DEADLOCK_TRIES", 1)
    one, two = baker.make(Customer, name="One").pk, baker.make(Customer, name="Two").pk
    meeting = Meeting()
    outcomes = at_once(lock_both(one, two, meeting, []), lock_both(two, one, meeting, []))
    assert kinds(outcomes) == ["Unavailable", "str"]


@pytest.mark.mariadb
def test_a_lock_wait_rolls_everything_back_and_is_replayed():
    busy = baker.make(Customer, name="Busy").pk
    locked, waited, tries = threading.Event(), threading.Event(), []

    def hold_it():
        Customer.objects.select_for_update().get(pk=busy)
        locked.set()
        waited.wait(10)

    def want_it():
        with connection.cursor() as cursor:
            cursor.execute("SET innodb_lock_wait_timeout = 1")
        tries.append(1)
        if len(tries) == 2:
            waited.set()  # the first try was refused: the other till may finish now
        Brand.objects.create(name="Acme")
        locked.wait(10)
        Customer.objects.select_for_update().get(pk=busy)
        return "done"

    outcomes = at_once(lambda: transact(hold_it), lambda: transact(want_it))
    assert outcomes == [None, "done"]
    assert len(tries) == 2
    assert Brand.objects.count() == 1, "1205 alone rolls back a statement, not the transaction"


@pytest.mark.mariadb
def test_a_connection_killed_by_the_server_is_opened_again():
    ids, tries = [], []

    def victim():
        tries.append(1)
        Brand.objects.create(name="Acme")
        if len(tries) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT CONNECTION_ID()")
                ids.append(cursor.fetchone()[0])
            killer = threading.Thread(target=kill, args=(ids[0],))
            killer.start()
            killer.join()
        return Brand.objects.count()

    def kill(connection_id):
        with connection.cursor() as cursor:
            cursor.execute(f"KILL {int(connection_id)}")
        connection.close()

    assert at_once(lambda: transact(victim)) == [1]
    assert len(tries) == 2


# --- SQLite: writers queue ---


@pytest.fixture
def attempts(monkeypatch):
    """How often a sale was begun, by any till."""
    begun = []
    real = transactions.transaction.atomic

    def counted(*args, **kwargs):
        if kwargs.get("durable"):
            begun.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(transactions.transaction, "atomic", counted)
    return begun


@pytest.fixture
def two_sales(request):
    mug = shop.a_product("5.00")
    shop.stock(mug, 2)
    tills = shop.a_cashier("till-1"), shop.a_cashier("till-2")
    request.getfixturevalue("on_file")
    return [lambda till=till: shop.sell((mug, 1), by=till) for till in tills]


only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has no row locks")


@only_sqlite
def test_on_sqlite_two_tills_queue_and_both_sell(two_sales, attempts):
    assert kinds(at_once(*two_sales)) == ["Sold", "Sold"]
    assert len(attempts) == 2, "neither was refused: the second waited"
    at_once(books_agree)


@only_sqlite
def test_on_sqlite_the_last_unit_is_sold_once(request):
    mug = shop.a_product("5.00")
    shop.stock(mug, 1)
    tills = shop.a_cashier("till-1"), shop.a_cashier("till-2")
    request.getfixturevalue("on_file")
    outcomes = at_once(*(lambda till=till: shop.sell((mug, 1), by=till) for till in tills))
    assert kinds(outcomes) == ["InsufficientStock", "Sold"]
    assert at_once(books_agree, lambda: shop.stock_of(mug)) == [None, 0]


@only_sqlite
def test_control_on_sqlite_a_deferred_transaction_is_refused_half_way(
    two_sales, attempts, monkeypatch
):
    """Without IMMEDIATE both read first, and the second to write is thrown out, again and again."""
    options = connections.settings["default"]["OPTIONS"]
    monkeypatch.setitem(options, "transaction_mode", "DEFERRED")
    Meeting().after(monkeypatch, BatchQuerySet, "locked")
    assert "Sold" in kinds(at_once(*two_sales))
    assert len(attempts) > 2, "somebody had to begin again"
    at_once(books_agree)


# --- Reading while others write ---


def test_a_snapshot_sees_one_moment_while_a_till_sells(request):
    mug = shop.a_product("5.00")
    shop.stock(mug, 5)
    shop.a_cashier()
    request.getfixturevalue("on_file")
    sold = threading.Event()

    def look():
        with snapshot():
            before = shop.stock_of(mug)
            looking.set()
            assert sold.wait(10)
            inside = shop.stock_of(mug)
        return before, inside, shop.stock_of(mug)

    def sell():
        assert looking.wait(10)
        shop.sell((mug, 2))
        sold.set()

    looking = threading.Event()
    seen, _ = at_once(look, sell)
    assert seen == (5, 5, 3)
