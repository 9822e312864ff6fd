"""Who and what is in the shop that is measured: sellers, products, customers, suppliers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from auditlog.diff import model_instance_diff
from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import AuditEntry, Store, User
from accounts.shop_settings import add_store
from catalog.models import Brand, Category, Product, TaxRate
from ledger.tills import add_till
from pos_project.core.db.unique_keys import key_of
from pos_project.core.http.permissions import ADMIN, MANAGER, STAFF
from pos_project.tools.bench.copies import VARIANTS
from pos_project.tools.trade.cast import Cast, PlannedProduct
from purchasing.models import Supplier
from sales.models import Customer

BRANDS, CATEGORIES = 60, 25
PEOPLE = (("admin", ADMIN), ("manager", MANAGER), *((f"staff{n}", STAFF) for n in range(1, 5)))
KINDS = ("Tea", "Soap", "Rice", "Lamp", "Cable", "Shirt", "Mug", "Paint", "Notebook", "Toy")
COLOURS = ("Red", "Blue", "Green", "White")
TAX_RATES = {1: Decimal(5), 2: Decimal(15)}
ROWS_PER_INSERT = 500


@dataclass(frozen=True)
class Size:
    """How many there are: numbers of products and services that the variants go into."""

    products: int
    customers: int
    suppliers: int
    services: int = 20


FULL_SIZE = Size(products=10_000, customers=10_000, suppliers=40)


def hire(size: Size, chance: Random, *, since: datetime, until: datetime) -> Cast:
    """Everybody and everything that is there before the first sale of the day `since`.

    Nobody gets a password: the bench makes its own tokens.
    """
    users = [
        User.objects.create_user(
            name=name.title(), email=f"{name}@bench.example", password=None, role=role
        )
        for name, role in PEOPLE
    ]
    products = list(_products(size, chance))
    rows = [_row(product, by=users[1]) for product in products]
    customers = [
        Customer(
            id=n,
            name=f"Customer {n}",
            email=f"customer{n}@bench.example",
            phone=f"0180{n:07}",
            city="Dhaka",
            created_by=users[n % len(users)],
        )
        for n in _ids(size.customers)
    ]
    _save(
        *(Brand(id=n, name=f"Brand {n}", name_key=key_of(f"Brand {n}")) for n in _ids(BRANDS)),
        *(
            Category(id=n, name=f"Category {n}", name_key=key_of(f"Category {n}"))
            for n in _ids(CATEGORIES)
        ),
        *(
            TaxRate(id=n, name=f"VAT {n}", name_key=key_of(f"VAT {n}"), rate=rate)
            for n, rate in TAX_RATES.items()
        ),
        *(
            Supplier(id=n, name=f"Supplier {n}", phone=f"0170000{n:04}", sector="trade")
            for n in _ids(size.suppliers)
        ),
        *rows,
        *customers,
        *_audit(rows, customers, by=users[1], since=since, until=until),
    )
    Customer.objects.update(join_at=since)
    Supplier.objects.update(created_at=since)
    Product.objects.update(created_at=since)
    return Cast(
        manager=users[1],
        cashiers=users[1:],
        products=products[size.services :],
        others=products[: size.services],
        customer_ids=_ids(size.customers),
        supplier_ids=_ids(size.suppliers),
        postage=products[0],
        tax_rates=TAX_RATES,
    )


@dataclass(frozen=True)
class Place:
    """Who trades in a store, and at which of its tills."""

    cast: Cast
    till_id: int | None = None


def open_stores(cast: Cast, count: int) -> Iterator[Place]:
    """So many stores, the first one among them, each with a till and two sellers of its own. The
    manager acts in all of them."""
    ids = [Store.FIRST_ID, *(add_store({"name": f"Shop {n}"}).pk for n in range(2, count + 1))]
    cast.manager.stores.set(ids[1:])
    for store_id in ids:
        manager, sellers = cast.manager, cast.cashiers[1:]
        if store_id != Store.FIRST_ID:
            manager = cast.manager.in_store(store_id, writing=True)
            sellers = [_seller(name, store_id) for name in ("anne", "bert")]
        of_store = replace(cast, manager=manager, cashiers=[manager, *sellers])
        yield Place(of_store, add_till("Till 1", store_id=store_id).pk)


def _seller(name: str, store_id: int) -> User:
    return User.objects.create_user(
        name=f"{name.title()} of shop {store_id}",
        email=f"{name}{store_id}@bench.example",
        password=None,
        role=STAFF,
        store_id=store_id,
    )


def _ids(count: int) -> range:
    return range(1, count + 1)


def _products(size: Size, chance: Random) -> Iterator[PlannedProduct]:
    """Services first. Neighbours are variants: of one kind, price and cost."""
    assert not size.products % VARIANTS, size
    assert not size.services % VARIANTS, size
    for first in range(1, size.products + 1, VARIANTS):
        price = round(Decimal(500) ** Decimal(chance.random()), 2)  # as many below 22 as above
        cost = round(price * chance.randint(55, 85) / 100, 2)
        kind = chance.choice(KINDS)
        for place, colour in enumerate(COLOURS):
            number = first + place
            yield PlannedProduct(
                number,
                f"{colour} {kind} {first}",
                f"SKU-{number:05}",
                price,
                cost,
                number % size.suppliers + 1,
                category=str(first % CATEGORIES + 1),
                brand=str(first % BRANDS + 1),
                keeps_stock=number > size.services,
            )


def _row(product: PlannedProduct, *, by: User) -> Product:
    return Product(
        id=product.id,
        name=product.name,
        sku=product.sku,
        sku_key=key_of(product.sku),
        price=product.price,
        keeps_stock=product.keeps_stock,
        category_id=int(product.category),
        brand_id=int(product.brand or 1),
        created_by=by,
    )


def _audit(
    products: Sequence[Product],
    customers: Sequence[Customer],
    *,
    by: User,
    since: datetime,
    until: datetime,
) -> Iterator[AuditEntry]:
    """Every product and customer was added, and every product has had another price since."""
    added, changed = AuditEntry.Action.CREATE, AuditEntry.Action.UPDATE
    events: list[tuple[datetime, type[models.Model], int, str, Any, Any]] = []
    for row in (*products, *customers):
        as_made = model_instance_diff(None, row)
        events.append((since, type(row), row.pk, str(row), added, as_made))
    for at, product in enumerate(products, start=1):
        prices = [str(round(product.price * 9 / 10, 2)), str(product.price)]
        moment = since + (until - since) * at / (len(products) + 1)
        events.append((moment, Product, product.pk, product.name, changed, {"price": prices}))
    kinds: dict[Any, ContentType] = {
        model: ContentType.objects.get_for_model(model) for model in (Product, Customer)
    }
    for moment, model, pk, name, action, changes in events:
        yield AuditEntry(
            timestamp=moment,
            content_type=kinds[model],
            object_pk=str(pk),
            object_id=pk,
            object_repr=name,
            action=action,
            changes=changes,
            actor=by,
            actor_email=by.email,
            remote_addr="127.0.0.1",
        )


def _save(*rows: models.Model) -> None:
    """Insert rows of several models, those of one model together."""
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, of_model in by_model.items():
        model._base_manager.bulk_create(of_model, batch_size=ROWS_PER_INSERT)
