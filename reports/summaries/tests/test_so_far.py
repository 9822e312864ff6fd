"""What a process remembers of days that are not built is what their rows come to.

Each figure is read twice: in a snapshot, where what was read before is remembered, and outside
one, where everything is read again.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Category, Product
from ledger.models import Payment
from pos_project.core.days import FIRST_DAY, today
from pos_project.core.db import transactions
from pos_project.core.db.transactions import snapshot
from pos_project.core.period import Period
from pos_project.tests import shop
from pos_project.tests.examples import examples
from pos_project.tests.races import at_once
from reports.dashboards.category_sales import sales_by_category
from reports.dashboards.latest_sales import latest_sales
from reports.dashboards.main import _sum_cash_from_customers
from reports.dashboards.stock_now import stock_now
from reports.statements.stock_as_of import held_as_of
from reports.summaries import remembered, so_far
from reports.summaries.accounts import ACCOUNTS
from reports.summaries.building import CATCHING_UP, build_missing
from reports.summaries.buyer_sets import buyers, buyers_by_seller, buyers_of, customers_by_day
from reports.summaries.buyers import BUYERS
from reports.summaries.categories import CATEGORIES, categories_now
from reports.summaries.models import BuiltPeriod
from reports.summaries.plan import plan_reading
from reports.summaries.purchase_sums import PURCHASES
from reports.summaries.sale_sums import CASH, CUSTOMERS, PRODUCTS, SALES
from reports.summaries.stock_sums import STOCK
from reports.summaries.sums import figures, sums_by_key
from sales.models import Sale, SaleItem

pytestmark = pytest.mark.django_db

BY = (
    (SALES, (), ("method",), ("seller_id",), ("first_day",)),
    (CASH, ("method", "direction")),
    (ACCOUNTS, ("account_id", "event"), ("first_day",)),
)


def everything(period: Period) -> dict[Any, Any]:
    """Every figure that is read of live days: of a period, by all that it is read by."""
    builders = (SALES, CASH, ACCOUNTS, PRODUCTS, CUSTOMERS, STOCK, PURCHASES, CATEGORIES, BUYERS)
    plans = plan_reading(period, *builders)
    by_day = plan_reading(period, SALES, ACCOUNTS, BUYERS, by_day=True)
    found: dict[Any, Any] = {}
    for builder, *ways in BY:
        for by in ways:
            plan = (by_day if by == ("first_day",) else plans)[builder.name]
            read = figures(builder, plan, by=by)
            found[builder.name, by] = {
                key: [None if each is None else str(each).rstrip("0").rstrip(".") for each in row]
                for key, row in read.items()
                if any(row)
            }
    for builder in (PRODUCTS, CUSTOMERS, PURCHASES):
        [found[builder.name]] = sums_by_key(builder, plans[builder.name])
    [found["stock"]] = sums_by_key(STOCK, plans["stock"], by="product_id", where=(("store_id", 1),))
    now = categories_now()
    found["categories"] = sales_by_category(plans["categories"], period, now)
    of_shop = buyers(plans["buyers"], "customers", "products", "days")
    of_each = buyers_by_seller(plans["buyers"], "customers", "days")
    of_one = buyers_of(plans["buyers"], min(of_each, default=0), "products")
    found["buyers"] = [
        *(sorted(ids) for ids in (of_shop.customers, of_shop.products, of_shop.days)),
        {key: (sorted(each.customers), sorted(each.days)) for key, each in of_each.items()},
        sorted(of_one.products),
        customers_by_day(by_day["buyers"]),
    ]
    for to_customers in (False, True):
        few = latest_sales(period, most=2, to_customers=to_customers)
        found["latest", to_customers] = [sale.pk for sale in few]
    found["cash"] = _sum_cash_from_customers(period.last)
    found["on the shelf"] = {pk: shelf for pk, shelf in stock_now().items() if any(shelf)}
    found["held"] = held_as_of(period.last)
    return found


def everything_now() -> list[dict[Any, Any]]:
    day = today()
    return [everything(Period(first, day)) for first in (FIRST_DAY, day)]


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is rolled back in the end."""
    transacting = transaction.atomic()
    transacting._from_testcase = True  # type: ignore[attr-defined]  # (as TestCase's own are)
    with transacting:
        yield
        transaction.set_rollback(True)


@contextmanager
def nothing_remembered() -> Iterator[None]:
    """As outside a snapshot, although there is one."""
    token = transactions._SNAPSHOT.set(None)
    try:
        yield
    finally:
        transactions._SNAPSHOT.reset(token)


def remembered_and_read() -> tuple[Any, Any]:
    with snapshot():
        found = everything_now()
        with nothing_remembered():
            return found, everything_now()


def the_same() -> None:
    found, expected = remembered_and_read()
    assert found == expected


@pytest.fixture
def traveller(db: None) -> Iterator[Any]:
    with time_machine.travel("2026-03-30T09:00:00+06:00", tick=False) as clock:
        CATCHING_UP.forget()
        yield clock


@pytest.fixture
def mug(traveller: Any) -> Product:
    product = shop.a_product("5.00", category=Category.objects.create(name="China"))
    shop.stock(product, 50, "2.50")
    return product


# --- Whatever happens ---


class Trade:
    """What may happen in a shop between two looks at its figures."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        china = Category.objects.create(name="China")
        self.goods = [shop.a_product("5.00", category=china), shop.a_product("7.25")]
        self.service, self.rahim = shop.a_service("3.00"), shop.a_customer()
        self.goods_categories = [None, china, Category.objects.create(name="Kitchen")]
        self.held: list[Sale] = []
        for product in self.goods:
            shop.stock(product, 500, "2.33")

    def sell(self, n: int) -> None:
        shop.sell((self.goods[n % 2], 1 + n), (self.service, 1))

    def sell_to_rahim(self, n: int) -> None:
        shop.sell((self.goods[n % 2], 2), customer=self.rahim, offered=shop.by_method("card", 4))

    def hold(self, n: int) -> None:
        self.held.append(shop.hold((self.goods[n % 2], 1), customer=self.rahim))

    def complete(self, n: int) -> None:
        if self.held:
            shop.complete(self.held.pop(n % len(self.held)))

    def take_back(self, n: int) -> None:
        item = SaleItem.objects.filter(sale__status="completed", refund_items=None).last()
        if item:
            shop.take_back(item.sale, shop.units_of(item, 1, restock=n % 2 == 0))

    def buy(self, n: int) -> None:
        shop.stock(self.goods[n % 2], 3, "2.71")

    def buy_yesterday(self, n: int) -> None:
        shop.stock(self.goods[n % 2], 2, "1.99", on=today() - timedelta(days=1 + n))

    def adjust(self, n: int) -> None:
        entry = shop.adjust(self.goods[n % 2], n - 2 or 1, "2.00" if n > 1 else None)
        if n % 2:
            shop.void(entry)

    def pay(self, n: int) -> None:
        shop.an_advance(self.rahim, 5)
        if n % 2:
            shop.undo_payment(Payment.objects.filter(customer=self.rahim).latest("id"))

    def label(self, n: int) -> None:
        Product.objects.filter(pk=self.goods[0].pk).update(category=self.goods_categories[n % 3])

    def build(self, n: int) -> None:
        build_missing()

    def forget_a_day(self, n: int) -> None:
        BuiltPeriod.objects.filter(first_day=today() - timedelta(days=1 + n)).delete()

    def night(self, n: int) -> None:
        self.clock.shift(timedelta(days=1))


EVENTS = [name for name, act in vars(Trade).items() if callable(act) and name[0] != "_"]


@pytest.mark.dear
@given(
    events=st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 4)), min_size=5, max_size=25)
)
@examples(25)
def test_what_is_remembered_is_what_the_rows_come_to(traveller: Any, events: Any) -> None:
    with taken_back():
        remembered.forget()
        trade = Trade(traveller)
        the_same()
        for name, n in events:
            traveller.shift(timedelta(minutes=1))
            getattr(trade, name)(n)
            the_same()
    remembered.forget()


def test_one_of_everything(traveller: Any) -> None:
    trade = Trade(traveller)
    for name in [*EVENTS, *EVENTS]:
        traveller.shift(timedelta(minutes=1))
        getattr(trade, name)(1)
        the_same()


# --- What it costs ---


def statements(action: Callable[[], Any]) -> list[str]:
    with snapshot(), CaptureQueriesContext(connection) as captured:
        action()
    return [query["sql"] for query in captured]


def sums() -> dict[int, Any]:
    plan = plan_reading(Period(today(), today()), PRODUCTS)[PRODUCTS.name]
    return dict(sums_by_key(PRODUCTS, plan)[0])


def test_only_new_sales_are_read(mug: Product) -> None:
    old = shop.sell((mug, 1)).sale
    statements(sums)
    new = shop.sell((mug, 2)).sale

    [lines] = [sql for sql in statements(sums) if "sale_items" in sql]
    assert f"s.id IN ({new.pk})" in lines
    assert f"({old.pk}" not in lines
    assert not [sql for sql in statements(sums) if "sale_items" in sql]


def test_a_sale_that_was_held_is_read_when_it_is_completed(mug: Product) -> None:
    """Its id is older than those that are known."""
    held = shop.hold((mug, 1))
    shop.sell((mug, 2))
    statements(sums)
    shop.complete(held)

    [lines] = [sql for sql in statements(sums) if "sale_items" in sql]
    assert f"s.id IN ({held.pk})" in lines


def test_open_batches_are_gone_through_once(mug: Product) -> None:
    assert sum("FROM batches" in sql for sql in statements(stock_now)) == 1
    shop.stock(mug, 3)
    shop.sell((mug, 2))
    assert not any("FROM batches" in sql for sql in statements(stock_now))
    shop.stock(mug, 3, on=today() - timedelta(days=1))  # that day was summed up without it
    the_same()


def test_very_many_new_rows_are_read_by_their_day(
    mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements(sums)
    monkeypatch.setattr(so_far, "MANY", 1)
    shop.sell((mug, 1))
    shop.sell((mug, 2))
    assert not any("s.id IN" in sql for sql in statements(sums))
    the_same()


def test_nothing_is_remembered_outside_a_snapshot(mug: Product) -> None:
    with CaptureQueriesContext(connection) as captured:
        sums()
        sums()
    assert sum("sale_items" in query["sql"] for query in captured) == 2


def test_free_goods_that_came_before_anything_else_are_in_stock(traveller: Any) -> None:
    """They moved no money: no entry, no payment, no sale tells of that day."""
    mug = shop.a_product("5.00")
    shop.opening(mug, 5, "0.00")
    traveller.shift(timedelta(days=1))
    shop.stock(mug, 2, "1.00")

    assert [each.units for each in held_as_of(today())] == [7]
    the_same()


# --- Another database, and an id that is given out again ---


def test_rows_that_were_taken_back_are_not_remembered_of_others_with_their_ids(
    mug: Product, traveller: Any
) -> None:
    """A backup was restored while the server ran, and the shop sold on."""
    shop.sell((mug, 1))
    statements(sums)
    with taken_back():
        lost = shop.sell((mug, 7)).sale
        the_same()
    traveller.shift(timedelta(minutes=5))
    the_same()
    sold = shop.sell((mug, 2)).sale
    if connection.vendor == "sqlite":
        assert sold.pk == lost.pk
    the_same()


def test_each_database_is_remembered_by_itself(
    mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered.keep("what", "mine", 1)
    monkeypatch.setitem(connection.settings_dict, "NAME", "another")
    assert remembered.recall("what") is None


# --- Several tills at once ---


@pytest.fixture
def two_mugs(transactional_db: None) -> list[Product]:
    remembered.forget()
    shop.a_supplier()
    mugs = [shop.a_product("5.00"), shop.a_product("6.00")]
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        for mug in mugs:
            shop.stock(mug, 50, "2.50")
        shop.sell((shop.a_service("3.00"), 1))
    build_missing()
    return mugs


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_a_sale_that_commits_after_a_later_one_is_read(
    two_mugs: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    written, seen = threading.Event(), threading.Event()
    slow, real = threading.local(), transactions.flush

    def flush_and_wait() -> None:
        real()
        if getattr(slow, "here", False):
            written.set()
            assert seen.wait(20)

    monkeypatch.setattr(transactions, "flush", flush_and_wait)
    first, second = two_mugs
    cashiers = shop.a_cashier(), shop.a_cashier()

    def sell_slowly() -> Sale:
        slow.here = True
        return shop.sell((first, 1), by=cashiers[0]).sale

    def sell_meanwhile() -> Sale:
        assert written.wait(20)
        try:
            sale = shop.sell((second, 1), by=cashiers[1]).sale
            the_same()
        finally:
            seen.set()
        return sale

    early, late = at_once(sell_slowly, sell_meanwhile)
    assert early.pk < late.pk
    the_same()
    with snapshot():
        assert len(sums()) == 2


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_an_older_snapshot_neither_sees_nor_spoils_what_a_later_one_knows(
    two_mugs: list[Product],
) -> None:
    mug, other = two_mugs
    shop.sell((mug, 1))
    the_same()

    def sell_and_look() -> None:
        shop.sell((mug, 3), (other, 1))
        the_same()

    with snapshot():
        before = sums()
        assert at_once(sell_and_look) == [None]
        transactions._SNAPSHOT.get().found.clear()  # type: ignore[union-attr]  # (nothing was asked yet)
        assert sums() == before
        with nothing_remembered():
            expected = everything_now()
        assert everything_now() == expected
    assert not [sql for sql in statements(sums) if "sale_items" in sql]
    the_same()
