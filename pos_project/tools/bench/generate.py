"""Filling an empty database with a coherent shop of so many sales, quickly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import connection, models

from catalog.models import Product
from pos_project.core.days import business_day, day_start
from pos_project.core.db.rows import set_by_id
from pos_project.tools.bench.event_rows import Books, Document
from pos_project.tools.bench.indexes import Indexes
from pos_project.tools.bench.loading import Loader
from pos_project.tools.bench.master_data import hire
from pos_project.tools.bench.trade import UNITS_PER_SALE, Trade
from purchasing.models import Purchase, Supplier
from sales.models import Customer, Sale

SALES_PER_DAY = 500
LARGE_TABLES = (
    *("sales", "sale_items", "sale_item_batches", "sale_cogs", "inventory_log"),
    *("journal_entries", "journal_lines", "payments"),
)
IDS_PER_UPDATE = 300  # a longer CASE costs the database more than another statement


class ShopInUse(Exception):
    """The database has goods, people or sales of its own."""


@dataclass(frozen=True)
class Filled:
    """What was written."""

    sales: int
    days: int
    rows: int


def fill(
    *,
    sales: int,
    now: datetime,
    seed: int = 1,
    in_bulk: bool = False,
    traded: Callable[[int], None] = lambda sales: None,
    indexing: Callable[[], None] = lambda: None,
) -> Filled:
    """Trade `sales` sales, 500 a day, the last of them today. `traded` hears of each day's.

    The same seed on the same day makes the same shop. `in_bulk` (MySQL and MariaDB) writes from a
    second connection, into tables whose indexes are built in the end: the database must be
    nobody else's. `indexing` hears when that begins. Raises ShopInUse; then nothing was written.
    """
    require_empty()
    now = now.astimezone(UTC).replace(microsecond=0)
    today, days = business_day(now), -(-sales // SALES_PER_DAY)
    first = today - timedelta(days=days - 1)
    chance = Random(seed)  # noqa: S311  (made-up trade, not a secret)
    loader = Loader(background=in_bulk)
    since = day_start(first).astimezone(UTC)
    cast = hire(loader, chance, since=since, until=now, daily=SALES_PER_DAY * UNITS_PER_SALE)
    trade = Trade(cast, Books(loader), chance, now=now)
    # The balance of an entry is checked by its lines when it is posted.
    indexes = Indexes(LARGE_TABLES if in_bulk else (), needed=("entry_id",))
    indexes.take_down()
    for number in range(days):
        trade.begin(first + timedelta(days=number), last=today)
        if not number:
            trade.open_shop()
        todays = SALES_PER_DAY if number else sales - SALES_PER_DAY * (days - 1)
        trade.trade(todays)
        traded(todays)
        loader.flush()
    _close(trade)
    loader.finish()
    indexing()
    indexes.put_up()
    _move(trade)
    return Filled(sales, days, loader.written)


def require_empty() -> None:
    for model in (Product, Customer, Supplier, Sale):
        if model._default_manager.exists():
            raise ShopInUse(
                f"This database has {model._meta.verbose_name_plural} already; made-up sales "
                "would mix with them. Fill an empty one, or another (--database NAME)."
            )


def _close(trade: Trade) -> None:
    """Write what was kept back until it stood still: batches and dues as they are in the end."""
    books = trade.books
    books.shelve(trade.shelf.lots)
    for sale in trade.credit_sales.values():
        books.owe(books.customer_dues, sale, sale_date=True)
    for purchase in trade.credit_purchases.values():
        books.owe(books.supplier_dues, purchase, sale_date=False)


def _move(trade: Trade) -> None:
    """Bring the moving columns of the documents to where later events left them."""
    _set(Sale, ("paid_amount", "due_amount", "refund_amount"), trade.moved_sales)
    _set(Purchase, ("paid_amount", "due_amount"), trade.moved_purchases)
    Sale.objects.filter(pk__in=trade.cancelled).update_draft(status=Sale.Status.CANCELLED)
    if connection.vendor == "mysql":
        # Without this the server plans by guesses about tables that it saw empty.
        with connection.cursor() as cursor:
            tables = ", ".join(connection.introspection.table_names(cursor))
            cursor.execute(f"ANALYZE TABLE {tables}")
            cursor.fetchall()


def _set(model: type[models.Model], fields: tuple[str, ...], moved: Mapping[int, Document]) -> None:
    documents = list(moved.values())
    for start in range(0, len(documents), IDS_PER_UPDATE):
        set_by_id(
            model,
            fields,
            {
                document.id: [
                    Decimal(amount) / 100
                    for amount in (document.paid, document.due, document.refunded)[: len(fields)]
                ]
                for document in documents[start : start + IDS_PER_UPDATE]
            },
        )
