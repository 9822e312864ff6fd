"""Filling an empty database with a coherent shop of so many sales.

The first ten days are traded through the use cases, and copied as often as they fit into the rest;
the last days, fewer than ten, are traded again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import connection

from catalog.models import Product
from pos_project.core.days import business_day, day_start
from pos_project.core.people import Status
from pos_project.tools.bench.busy_days import BusyDays, trade_together
from pos_project.tools.bench.copies import Copies, When, Written
from pos_project.tools.bench.indexes import Indexes
from pos_project.tools.bench.master_data import FULL_SIZE, Place, Size, hire, open_stores
from purchasing.models import Supplier
from sales.models import Customer, Sale

SALES_PER_DAY = 500
COPIED_DAYS = 10
UNITS_IN_STOCK = 40  # of each product, in each of its batches, in the end
LARGE_TABLES = (
    *("sales", "sale_items", "sale_item_batches", "sale_cogs", "inventory_log", "batches"),
    *("purchase_items", "journal_entries", "journal_lines", "payments"),
)


class ShopInUse(Exception):
    """The database has products, people or sales of its own."""


@dataclass(frozen=True)
class Filled:
    """What was written."""

    sales: int
    days: int


@dataclass(frozen=True)
class Wanted:
    """How large a shop: sales on so many a day, the last day today.

    `today` are sales of today beside its usual ones, `open_batches` the batches in stock in the
    end; at least so many. Several stores share the sales, and each has every product.
    """

    sales: int
    stores: int = 1
    per_day: int = SALES_PER_DAY
    today: int = 0
    open_batches: int = 0
    size: Size = FULL_SIZE

    @property
    def of_days(self) -> list[int]:
        """The sales of each day; the last has what is left over."""
        days = -(-self.sales // self.per_day)
        return [*[self.per_day] * (days - 1), self.sales - self.per_day * (days - 1)]


def fill(
    wanted: Wanted,
    *,
    now: datetime,
    seed: int = 1,
    in_bulk: bool = False,
    traded: Callable[[int], None] = lambda sales: None,
    indexing: Callable[[], None] = lambda: None,
) -> Filled:
    """Make the shop. `traded` hears how many sales came to it.

    The same seed on the same day makes the same shop. `in_bulk` (MySQL and MariaDB) copies into
    tables whose indexes are built in the end: the database must be nobody else's. `indexing` hears
    when that begins. Raises ShopInUse; then nothing was written.
    """
    require_empty()
    now = now.astimezone(UTC).replace(microsecond=0)
    today = business_day(now)
    of_days = wanted.of_days
    days = [today - timedelta(days=back) for back in reversed(range(len(of_days)))]
    copied = min(COPIED_DAYS, len(days))
    copies = (len(days) - copied) // copied
    since = day_start(days[0]).astimezone(UTC)
    cast = hire(wanted.size, Random(seed), since=since, until=now)
    stores = [Place(cast)] if wanted.stores == 1 else [*open_stores(cast, wanted.stores)]

    def shops(first: int, last: int, *, now: datetime) -> list[BusyDays]:
        return [
            BusyDays(
                store.cast,
                now=now,
                seed=seed + first + number * 1_000_000,
                sales=[_share(sales, number, len(stores)) for sales in of_days[first:last]],
                till_id=store.till_id,
            )
            for number, store in enumerate(stores)
        ]

    def trade(first: int, last: int, *, now: datetime) -> None:
        together = trade_together(shops(first, last, now=now), days[first:last])
        for number, _ in enumerate(together, start=first):
            traded(of_days[number])

    # Where the last copy is of today, the last of the days that are traded ends as early.
    ended = now - timedelta(days=copies * copied)
    written = Written()
    trade(0, copied, now=ended)
    indexes = Indexes(LARGE_TABLES if in_bulk else (), needed=("entry_id",))
    indexes.take_down()
    more = Copies(written.rows())
    sales_copied = sum(of_days[:copied])
    for number in range(1, copies + 1):
        more.make(When.on(days=number * copied))
        traded(sales_copied)
    for _ in range(-(-wanted.today // sales_copied)):
        more.make(_into(today, now, first=days[0], ended=ended))
    indexing()
    indexes.put_up()
    trade((copies + 1) * copied, len(days), now=now)
    _stock_up(shops(0, 0, now=now), today, wanted.open_batches)
    retired = [product.id for product in cast.products if product.id % 100 == 50]
    for product in Product.objects.filter(pk__in=retired):
        product.status = Status.INACTIVE
        product.save(update_fields=["status"])  # one by one: the audit tells it
    _analyze()
    return Filled(Sale.objects.completed().count(), len(days))


def require_empty() -> None:
    for model in (Product, Customer, Supplier, Sale):
        if model._default_manager.exists():
            raise ShopInUse(
                f"This database has {model._meta.verbose_name_plural} already; made-up sales "
                "would mix with them. Fill an empty one, or another (--database NAME)."
            )


def _into(day: date, now: datetime, *, first: date, ended: datetime) -> When:
    """All that happened from the start of a day until `ended`, in what has passed of this day."""
    began, begins = (day_start(each).astimezone(UTC) for each in (first, day))
    return When(began, begins, pace=(now - begins) / (ended - began), day=day)


def _share(sales: int, number: int, stores: int) -> int:
    """How many of a day's sales are those of the store with this number, from 0."""
    return sales // stores + (number < sales % stores)


def _stock_up(shops: Sequence[BusyDays], today: date, open_batches: int) -> None:
    """Put every product on the shelf of each store, in as many batches as it takes."""
    stock = {product.id: UNITS_IN_STOCK for product in shops[0].cast.products}
    written = Written()
    for shop in shops:
        shop.day, shop.at = today, shop.now
        shop.receive(stock)
    deliveries = Copies(written.rows(), turns=False)
    for _ in range(-(-open_batches // (len(stock) * len(shops))) - 1):
        deliveries.make(When.on(days=0))


def _analyze() -> None:
    """Without this the server plans by guesses about tables that it saw empty."""
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            tables = ", ".join(connection.introspection.table_names(cursor))
            cursor.execute(f"ANALYZE TABLE {tables}")
            cursor.fetchall()
