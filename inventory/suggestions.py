"""What each shop should get from a warehouse: what it is short of, or will be before the days of
cover are over, shared fairly where the warehouse has less.

Read only, as it is now; what is on the way, or was asked for, counts as if it were there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Store, User
from accounts.stores import STORES, stores_of
from catalog.models import Product
from inventory.models import Batch, InventoryLog
from inventory.places import walk
from inventory.store_product_models import StoreProduct
from inventory.transfer_models import Transfer, TransferLine
from pos_project.core.errors import Denied, Invalid
from pos_project.core.money import ZERO

DAYS, COVER_DAYS = 30, 14  # how long sales are looked back at, and how long goods should last
MOST_DAYS = 366

# Product id → store id → units.
InStores = Mapping[int, Mapping[int, Decimal]]


@dataclass(frozen=True)
class Suggestion:
    """What a shop should get of a product, and why. `free`: what the warehouse has and has
    promised to nobody; `place`: where it lies there."""

    product: Product
    store: Store
    place: str
    free: Decimal
    stock: Decimal
    coming: Decimal
    level: int
    sold: Decimal
    missing: int
    units: int


def suggest(
    warehouse: Store,
    shops: Sequence[Store],
    *,
    today: date,
    days: int = DAYS,
    cover_days: int = COVER_DAYS,
    all_goods: bool = False,
) -> list[Suggestion]:
    """For each product that the warehouse can give, what each of the shops is short of: by shop,
    then in the order of the warehouse's shelves. A shop is short of what it ever had, or has a
    level or a place for; with `all_goods` of anything. Nine statements, however many products."""
    ids = [shop.pk for shop in shops]
    free = _free(warehouse.pk)
    stock, coming = _stock(ids), _coming(ids)
    sold = _sold(ids, today - timedelta(days=days))
    said = {
        (row.product_id, row.store_id): row
        for row in StoreProduct.objects.filter(store_id__in=[warehouse.pk, *ids])
    }
    carried = said.keys() | _had(ids)
    found = []
    for product in _goods_of(warehouse.pk):
        if free.get(product.pk, ZERO) < 1:
            continue
        lacks = {}
        for shop in shops:
            if not all_goods and (product.pk, shop.pk) not in carried:
                continue
            own = said.get((product.pk, shop.pk))
            lacks[shop.pk] = missing(
                _of(stock, product, shop) + _of(coming, product, shop),
                level=level_of(product, shop, own),
                cover=covered(_of(sold, product, shop), days=days, cover_days=cover_days),
                at_a_time=own.reorder_quantity if own else None,
            )
        shares = share(int(free[product.pk]), lacks)
        there = said.get((product.pk, warehouse.pk))
        found += [
            Suggestion(
                product,
                shop,
                there.place if there else "",
                free[product.pk],
                _of(stock, product, shop),
                _of(coming, product, shop),
                level_of(product, shop, said.get((product.pk, shop.pk))),
                _of(sold, product, shop),
                lacks[shop.pk],
                shares[shop.pk],
            )
            for shop in shops
            if lacks.get(shop.pk)
        ]
    return sorted(found, key=_as_one_walks)


def choose_stores(
    by: User, from_store_id: int, to_store_ids: Sequence[int] = ()
) -> tuple[Store, list[Store]]:
    """The store that sends and those that get: these, or every open shop. Raises Invalid for
    stores that are not there, closed or the same, Denied where somebody acts in neither."""
    theirs = {store.pk for store in stores_of(by)}
    warehouse = _open_store(from_store_id, "from_store_id")
    if to_store_ids:
        shops = [_open_store(each, "to_store_id") for each in dict.fromkeys(to_store_ids)]
    else:
        shops = [
            store
            for store in STORES.get().values()
            if store.kind == Store.Kind.SHOP
            and store.closed_at is None
            and store.pk != warehouse.pk
            and (warehouse.pk in theirs or store.pk in theirs)
        ]
    if warehouse in shops:
        text = "Goods go to another store than they come from."
        raise Invalid(text, fields={"to_store_id": [text]})
    if warehouse.pk not in theirs and not theirs.issuperset(shop.pk for shop in shops):
        text = "You act in neither of the two stores."
        raise Denied(text, fields={"store_id": [text]})
    return warehouse, sorted(shops, key=lambda shop: (shop.name.casefold(), shop.pk))


def _open_store(store_id: int, field: str) -> Store:
    store: Store | None = STORES.get().get(store_id)
    if store is None or store.closed_at is not None:
        text = "Unknown store." if store is None else f"{store.name} is closed."
        raise Invalid(text, fields={field: [text]})
    return store


def level_of(product: Product, shop: Store, own: StoreProduct | None) -> int:
    """Below how many units a product is short in a shop: as the shop says of it, as the product
    says, as the shop says of all."""
    if own is not None and own.reorder_level is not None:
        return own.reorder_level
    return shop.reorder_level if product.reorder_level is None else product.reorder_level


def covered(sold: Decimal, *, days: int, cover_days: int) -> Decimal:
    """How many units so many days need, at the pace of the last `days`."""
    return (sold * cover_days / days).to_integral_value(ROUND_CEILING)


def missing(there: Decimal, *, level: int, cover: Decimal, at_a_time: int | None = None) -> int:
    """How many units a shop lacks that has, or will have, so many: to its level, or if that is
    more, to what the days of cover need; as often what it gets at a time as that takes. Pure."""
    lacks = int((max(Decimal(level), cover) - there).to_integral_value(ROUND_CEILING))
    if lacks <= 0:
        return 0
    return lacks if at_a_time is None else -(-lacks // at_a_time) * at_a_time


def share(free: int, lacks: Mapping[int, int]) -> dict[int, int]:
    """Who gets how many of `free` units: what they lack, or where that is more than there is, each
    the same part of it. Single units that are left go to whom the rounding took most from. Pure."""
    wanted = sum(lacks.values())
    if wanted <= free:
        return dict(lacks)
    exact = {store_id: Decimal(free) * lack / wanted for store_id, lack in lacks.items()}
    shares = {each: int(part.to_integral_value(ROUND_FLOOR)) for each, part in exact.items()}
    left = free - sum(shares.values())
    by_rest = sorted(exact, key=lambda each: (shares[each] - exact[each], each))
    for store_id in by_rest[:left]:
        shares[store_id] += 1
    return shares


def _as_one_walks(each: Suggestion) -> tuple[Any, ...]:
    store, product = each.store, each.product
    return store.name.casefold(), store.pk, *walk(each.place, product.name), product.pk


def _of(units: InStores, product: Product, store: Store) -> Decimal:
    return units.get(product.pk, {}).get(store.pk, ZERO)


# --- What is read ---


def _goods_of(warehouse_id: int) -> QuerySet[Product]:
    """What the shop sells and the warehouse has."""
    held = Batch.objects.filter(product_id=OuterRef("pk"), store_id=warehouse_id, is_open=1)
    return Product.objects.sellable().filter(Exists(held), keeps_stock=True).order_by("id")


def _free(warehouse_id: int) -> dict[int, Decimal]:
    """What a warehouse has of each product, less what was asked for there and has not left."""
    free = {
        product_id: by_store[warehouse_id]
        for product_id, by_store in _stock([warehouse_id]).items()
    }
    asked = TransferLine.objects.filter(
        transfer__from_store=warehouse_id, transfer__status=Transfer.Status.ASKED
    )
    for product_id, units in (
        asked.order_by().values_list("product_id").annotate(units=Sum("asked"))
    ):
        if product_id in free:
            free[product_id] -= units
    return free


def _stock(store_ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
    held = Batch.objects.filter(store_id__in=store_ids, is_open=1).order_by()
    return _by_store(held.values_list("product_id", "store_id").annotate(units=Sum("remaining")))


def _had(store_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Products and stores where a batch of it stood, open or not: whatever was received, held or
    sold there came in by one. By the index of FIFO alone, without the rows."""
    ever = Batch.objects.filter(store_id__in=store_ids).order_by()
    return set(ever.values_list("product_id", "store_id").distinct())


def _coming(store_ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
    """What was asked for, or is on its way: to the shop, or back to it."""
    turned = Q(transfer__turned_back_at__isnull=False)
    open_ = TransferLine.objects.filter(
        transfer__status__in=(Transfer.Status.ASKED, Transfer.Status.SENT)
    ).order_by()
    found: dict[int, dict[int, Decimal]] = {}
    for which, column in ((~turned, "transfer__to_store"), (turned, "transfer__from_store")):
        rows = open_.filter(which, **{f"{column}__in": store_ids})
        units = Sum(Coalesce(F("sent"), F("asked")))
        for product_id, by_store in _by_store(
            rows.values_list("product_id", column).annotate(units=units)
        ).items():
            into = found.setdefault(product_id, {})
            for store_id, coming in by_store.items():
                into[store_id] = into.get(store_id, ZERO) + coming
    return found


def _sold(store_ids: Sequence[int], since: date) -> dict[int, dict[int, Decimal]]:
    sales = InventoryLog.objects.filter(
        store_id__in=store_ids, kind=InventoryLog.Kind.SALE, business_date__gte=since
    ).order_by()
    return _by_store(sales.values_list("product_id", "store_id").annotate(units=-Sum("change_qty")))


def _by_store(rows: Any) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = {}
    for product_id, store_id, units in rows:
        found.setdefault(product_id, {})[store_id] = units
    return found
