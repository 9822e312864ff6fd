"""Who and what is in the demo shop: people, suppliers, customers, products. No trade yet.

Ids are given, not left to the database: the documented requests name supplier 5, customer 12 and
product 101, and a run that goes on after a kill must mean the same rows.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from django.db import models

from accounts import people
from accounts.models import User
from accounts.shop_settings import change_settings
from catalog.models import Brand, Category, Product, TaxRate
from inventory import products
from ledger.payment_methods import add_method
from pos_project.core.db.idempotency import once
from pos_project.core.db.unique_keys import key_of
from pos_project.core.http.permissions import ADMIN, MANAGER, STAFF
from pos_project.core.images.pictures import PictureChange, picture_change
from pos_project.tools.demo import words
from pos_project.tools.demo.logo import logo
from pos_project.tools.trade.cast import Cast, PlannedProduct
from pos_project.tools.trade.steps import Steps
from purchasing.models import Supplier
from reports.statements.cash_counting import BANK
from sales.models import Customer

TSHIRT_ID, TSHIRT_SUPPLIER_ID, TSHIRT_CUSTOMER_ID = 101, 5, 12
POSTAGE_ID = 302
BANK_TRANSFER = "bank"
PEOPLE = (
    # name, username, e-mail, role, password
    ("superAdmin", "superadmin", "admin@gmail.com", ADMIN, "admin123"),
    ("Farhana Akter", "farhana", "manager@gmail.com", MANAGER, "manager123"),
    ("Imran Hossain", "imran", "staff@gmail.com", STAFF, "staff123"),
    ("Tania Sarker", "tania", "staff2@gmail.com", STAFF, "staff123"),
)
CATEGORIES = (*words.CATEGORIES, "Services")
TAX_RATES = {1: Decimal("5.00"), 2: Decimal("15.00")}  # id → percent


TSHIRT = PlannedProduct(
    TSHIRT_ID,
    "Blue T-Shirt",
    "TS-001",
    Decimal("19.99"),
    Decimal("8.50"),
    TSHIRT_SUPPLIER_ID,
    "Clothing",
    "Delta Wear",
)
POSTAGE = PlannedProduct(
    POSTAGE_ID,
    "Home delivery",
    "POST",
    Decimal(80),
    Decimal(0),
    supplier_id=1,
    category="Services",
    brand=None,
    keeps_stock=False,
)


def add_people() -> dict[str, User]:
    """The demo's users by e-mail; one who is there already stays as they are."""
    users = {}
    for name, username, email, role, password in PEOPLE:
        columns = {
            "name": name,
            "username": username,
            "email": email,
            "role": role,
            "password": password,
            "verify": True,
        }
        known = User.objects.filter(email_key=key_of(email)).first()
        users[email] = known or people.add_user(columns, by=None)
    return users


def fill_shop(users: dict[str, User], steps: Steps, *, since: datetime, seed: int) -> Cast:
    """Add suppliers, customers, brands, categories, tax rates and products, each once.

    They look as if they had been there since `since`.
    """
    admin, manager, *cashiers = (users[email] for _, _, email, _, _ in PEOPLE)
    chance = Random(f"{seed}:shop")
    suppliers, customers = _suppliers(), _customers(chance, created_by=admin)
    rows = [*suppliers, *customers, *_labels()]
    steps.once("house", lambda key: once(key, lambda: _save(rows)), note=lambda _: {})
    _introduce_the_shop(admin, steps)
    cast = Cast(
        manager,
        cashiers,
        _products(chance),
        others=(TSHIRT, POSTAGE),
        customer_ids=[customer.pk for customer in customers],
        supplier_ids=[supplier.pk for supplier in suppliers],
        postage=POSTAGE,
        tax_rates=TAX_RATES,
    )
    for product in cast.all_products:
        _add_product(steps, product, by=admin)
    _date_back(since)
    return cast


def _introduce_the_shop(admin: User, steps: Steps) -> None:
    """A letterhead, unless there is one, and a way to pay from the bank."""
    store = admin.store
    if not store.address and not store.logo:
        with picture_change({"image": logo()}) as picture:
            change_settings(store.pk, words.SHOP, logo=picture)
    bank = {"code": BANK_TRANSFER, "name": "Bank transfer", "account_id": BANK}
    steps.once("bank", lambda key: add_method(bank, key=key), note=lambda _: {})


def _suppliers() -> list[Supplier]:
    return [
        Supplier(
            id=number,
            name=name,
            sector=sector,
            email=f"orders{number}@supplier.example",
            phone=f"0171100{number:04}",
            city="Dhaka",
        )
        for number, (name, sector) in enumerate(words.SUPPLIERS, start=1)
    ]


def _customers(chance: Random, *, created_by: User) -> list[Customer]:
    names = [f"{first} {last}" for last in words.LAST_NAMES for first in words.FIRST_NAMES]
    return [
        Customer(
            id=number,
            name=name,
            email=f"{name.lower().replace(' ', '.')}@customer.example",
            phone=f"0181200{number:04}",
            city="Dhaka",
            area=chance.choice(words.AREAS),
            created_by=created_by,
        )
        for number, name in enumerate(names, start=1)
    ]


def _labels() -> Iterator[models.Model]:
    for number, name in enumerate(words.BRANDS, start=1):
        yield Brand(id=number, name=name)
    for number, name in enumerate(CATEGORIES, start=1):
        yield Category(id=number, name=name)
    for number, percent in TAX_RATES.items():
        yield TaxRate(id=number, name=f"VAT {percent:.0f} %", rate=percent)


def _products(chance: Random) -> list[PlannedProduct]:
    """Five things in five shades per category; each category comes from one supplier."""
    free_ids = (number for number in range(1, POSTAGE_ID) if number != TSHIRT_ID)
    found = []
    for position, (category, (things, lowest, highest)) in enumerate(words.CATEGORIES.items()):
        supplier_id = position % len(words.SUPPLIERS) + 1
        for thing in things:
            price = Decimal(chance.randint(lowest // 10, highest // 10) * 10)
            cost = Decimal(round(price * chance.randint(55, 70) / 100))
            brand = chance.choice(words.BRANDS)
            for shade in words.SHADES:
                number = next(free_ids)
                sku = f"{category[:3].upper()}-{number:03}"
                name = f"{shade} {thing}"
                found.append(
                    PlannedProduct(number, name, sku, price, cost, supplier_id, category, brand)
                )
    return found


def _save(rows: Sequence[models.Model]) -> None:
    for row in rows:
        row.save(force_insert=True)


def _add_product(steps: Steps, product: PlannedProduct, *, by: User) -> None:
    fields: dict[str, Any] = {
        "id": product.id,
        "name": product.name,
        "sku": product.sku,
        "price": product.price,
        "keeps_stock": product.keeps_stock,
        "category_id": CATEGORIES.index(product.category) + 1,
        "brand_id": words.BRANDS.index(product.brand) + 1 if product.brand else None,
    }
    steps.once(
        f"product:{product.id}",
        lambda key: products.create_product(
            fields, opening=None, picture=PictureChange(), by=by, key=key
        ),
        note=lambda _: {},
    )


def _date_back(since: datetime) -> None:
    """Whoever traded in the past was there then; the columns say "now" by themselves."""
    Customer.objects.update(join_at=since)
    Supplier.objects.update(created_at=since)
    Product.objects.update(created_at=since)
