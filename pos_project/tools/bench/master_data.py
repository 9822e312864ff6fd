"""Who and what is in the shop that is measured: sellers, goods, customers, suppliers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType

from accounts.models import AuditEntry, Store, User
from catalog.models import Brand, Category, Product, TaxRate
from pos_project.core.db.unique_keys import key_of
from pos_project.core.http.permissions import ADMIN, MANAGER, STAFF
from pos_project.tools.bench.loading import Loader
from purchasing.models import Supplier
from sales.models import Customer

PRODUCTS, CUSTOMERS, SUPPLIERS = 10_000, 10_000, 40
BRANDS, CATEGORIES, SERVICES = 60, 25, 20
PEOPLE = (("admin", ADMIN), ("manager", MANAGER), *((f"staff{n}", STAFF) for n in range(1, 5)))
KINDS = ("Tea", "Soap", "Rice", "Lamp", "Cable", "Shirt", "Mug", "Paint", "Notebook", "Toy")
COLOURS = ("Red", "Blue", "Green", "White", "Black", "Yellow", "Plain", "Striped")
# One product sells little more than the next: the hundredth still a third of the first.
RANK_OFFSET, RANK_POWER = 30, 0.9


@dataclass(slots=True)
class Ware:
    """A product. Amounts in cents; `lot` units are bought when fewer than `few` are left."""

    id: int
    name: str
    price: int
    cost: int
    keeps_stock: bool
    supplier_id: int
    few: int
    lot: int


@dataclass(frozen=True)
class Cast:
    sellers: Sequence[User]
    manager: User
    wares: Sequence[Ware]
    popularity: Sequence[float]  # cumulative, by ware
    customer_ids: Sequence[int]
    joined: Sequence[datetime]  # by customer, in order
    supplier_ids: Sequence[int]


def hire(loader: Loader, chance: Random, *, since: datetime, until: datetime, daily: int) -> Cast:
    """Everybody and everything that is there before the first sale of the day `since`.

    `daily` is how many units the shop sells a day. Nobody gets a password: the bench makes its
    own tokens.
    """
    users = [
        User.objects.create_user(
            name=name.title(), email=f"{name}@bench.example", password=None, role=role
        )
        for name, role in PEOPLE
    ]
    opened = since - timedelta(days=30)
    context = _text(opened)
    _add_labels(loader, context)
    supplier_ids = _add_suppliers(loader, context)
    wares, weights = _add_wares(loader, chance, context, supplier_ids, by=users[1], daily=daily)
    customer_ids, joined = _add_customers(loader, chance, users, opened, until)
    _add_audit(loader, wares, joined, by=users[1], opened=opened, until=until)
    return Cast(
        sellers=users[1:],
        manager=users[1],
        wares=wares,
        popularity=list(accumulate(weights)),
        customer_ids=customer_ids,
        joined=joined,
        supplier_ids=supplier_ids,
    )


def _text(moment: datetime) -> str:
    return str(moment.replace(tzinfo=None))


def _add_labels(loader: Loader, context: str) -> None:
    brands = loader.table(Brand, ("name", "name_key", "description", "created_at", "updated_at"))
    brands.rows += [
        (n, f"Brand {n}", key_of(f"Brand {n}"), None, context, context)
        for n in range(1, BRANDS + 1)
    ]
    categories = loader.table(
        Category, ("name", "name_key", "is_active", "created_at", "updated_at")
    )
    categories.rows += [
        (n, f"Category {n}", key_of(f"Category {n}"), 1, context, context)
        for n in range(1, CATEGORIES + 1)
    ]
    rates = loader.table(TaxRate, ("name", "name_key", "rate", "created_at"))
    rates.rows += [(n, f"VAT {n}", f"vat {n}", rate, context) for n, rate in ((1, "5"), (2, "15"))]


def _add_suppliers(loader: Loader, context: str) -> list[int]:
    suppliers = loader.table(Supplier, ("name", "email", "phone", "sector", "verify", "created_at"))
    ids = list(range(1, SUPPLIERS + 1))
    suppliers.rows += [
        (n, f"Supplier {n}", f"supplier{n}@bench.example", f"0170000{n:04}", "trade", 1, context)
        for n in ids
    ]
    return ids


def _add_wares(
    loader: Loader,
    chance: Random,
    context: str,
    supplier_ids: Sequence[int],
    *,
    by: User,
    daily: int,
) -> tuple[list[Ware], list[float]]:
    ranks = list(range(PRODUCTS))
    chance.shuffle(ranks)
    weights = [1 / (rank + RANK_OFFSET) ** RANK_POWER for rank in ranks]
    unit = daily / sum(weights)
    table = loader.table(
        Product,
        (
            *("name", "sku", "sku_key", "price", "unit", "keeps_stock", "brand_id", "category_id"),
            *("status", "created_by_id", "created_at", "updated_at"),
        ),
    )
    wares = []
    for position, weight in enumerate(weights):
        number = position + 1
        a_day = weight * unit
        price = round(100 * 500 ** chance.random())  # 1.00 to 500.00, as many below 22 as above
        ware = Ware(
            id=number,
            name=f"{chance.choice(COLOURS)} {chance.choice(KINDS)} {number}",
            price=price,
            cost=round(price * chance.uniform(0.55, 0.85)),
            keeps_stock=number > SERVICES,
            supplier_id=supplier_ids[number % len(supplier_ids)],
            # One in twenty is not bought again once it is sold out.
            few=0 if number % 20 == 7 else max(6, round(14 * a_day)),
            lot=max(24, round(60 * a_day)),
        )
        wares.append(ware)
        sku = f"SKU-{number:05}"
        table.rows.append(
            (
                *(number, ware.name, sku, key_of(sku), f"{price / 100:.2f}", "pcs"),
                *(int(ware.keeps_stock), number % BRANDS + 1, number % CATEGORIES + 1),
                *("inactive" if number % 100 == 50 else "active", by.pk, context, context),
            )
        )
    return wares, weights


def _add_customers(
    loader: Loader, chance: Random, users: Sequence[User], opened: datetime, until: datetime
) -> tuple[list[int], list[datetime]]:
    """A third of them come before the shop opens, the others over the years."""
    span = (until - opened).total_seconds()
    joined = sorted(
        opened + timedelta(seconds=max(0.0, chance.uniform(-0.5, 1)) * span)
        for _ in range(CUSTOMERS)
    )
    table = loader.table(
        Customer,
        (
            *("name", "email", "phone", "sector", "status", "verify", "city"),
            *("created_by_id", "updated_by_id", "join_at", "updated_at"),
        ),
    )
    ids = list(range(1, CUSTOMERS + 1))
    for number, moment in zip(ids, joined, strict=True):
        by, at = users[number % len(users)].pk, _text(moment)
        table.rows.append(
            (
                *(number, f"Customer {number}", f"customer{number}@bench.example"),
                *(f"0180{number:07}", "retail", "active", int(number % 3 == 0), "Dhaka"),
                *(by, by, at, at),
            )
        )
    return ids, joined


def _add_audit(
    loader: Loader,
    wares: Sequence[Ware],
    joined: Sequence[datetime],
    *,
    by: User,
    opened: datetime,
    until: datetime,
) -> None:
    """Every product and customer was added, and every product has had another price since."""
    added = AuditEntry.Action.CREATE
    entries: list[tuple[Any, ...]] = [
        (opened, Product, ware.id, ware.name, added, {"name": [None, ware.name]}) for ware in wares
    ] + [
        (moment, Customer, number, f"Customer {number}", added, {"verify": [None, "False"]})
        for number, moment in enumerate(joined, start=1)
    ]
    apart = (until - opened) / (len(wares) + 1)
    for number, ware in enumerate(wares, start=1):
        prices = [f"{cents / 100:.2f}" for cents in (ware.price * 9 // 10, ware.price)]
        changes = {"price": prices}
        moment = opened + number * apart
        entries.append((moment, Product, ware.id, ware.name, AuditEntry.Action.UPDATE, changes))
    entries.sort(key=lambda entry: entry[0])
    table = loader.table(
        AuditEntry,
        (
            *("timestamp", "content_type_id", "object_pk", "object_id", "object_repr", "action"),
            *("changes", "changes_text", "actor_id", "actor_email", "remote_addr"),
        ),
    )
    kinds = {model: ContentType.objects.get_for_model(model).pk for model in (Product, Customer)}
    table.rows += [
        (
            *(number, _text(moment), kinds[model], str(pk), pk, name, action),
            *(json.dumps(changes), "", by.pk, by.email, "127.0.0.1"),
        )
        for number, (moment, model, pk, name, action, changes) in zip(
            table.ids, entries, strict=False
        )
    ]


def store_id() -> int:
    """The one store that the first migration made."""
    return Store.FIRST_ID
