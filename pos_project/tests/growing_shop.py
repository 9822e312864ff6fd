"""A shop that has so many of everything, and then so many more: whatever is counted must not grow.

The newest customer, supplier, sale, purchase, refund and entry have as many rows of their own.
"""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from model_bakery import baker

from accounts.models import AuditEntry, LoginEvent, User
from catalog.models import Brand, Category, Product, TaxRate
from conftest import make_user
from ledger import closing
from ledger.chart_models import LedgerAccount, PaymentMethod
from ledger.expenses import Spending, record_expense
from ledger.posting import Line
from pos_project.core.days import at_noon, today
from pos_project.tests import shop
from pos_project.tests.shifts import a_closed_shift
from pos_project.tests.transfers import a_store, received, sent

FIRST_DAY_AGO = 40  # days; each trade seals some of them


def open_shop() -> None:
    """The first day of all has nothing before it to be read: it is closed before any counting."""
    first = today() - timedelta(days=FIRST_DAY_AGO)
    shop.sell((shop.a_service(), 1), at=at_noon(first))
    closing.seal(first)


def trade(many: int) -> None:
    """So many more of everything, and the newest of each with so many rows of its own."""
    people(many)
    goods = shelves(many)
    bought(goods)
    sold(goods)
    moved(goods)
    books(many)


def people(many: int) -> None:
    start = User.objects.count()
    for number in range(start, start + many):
        person = make_user("staff", name=f"Person {number}", email=f"p{number}@shop.example")
        LoginEvent.objects.create(
            user=person,
            email=person.email,
            outcome="ok",
            address="10.0.0.1",
            user_agent="till",
            created_at=timezone.now(),
        )


def shelves(many: int) -> list[Product]:
    """Products with a brand, a category, and a price history; the audit of it by many people."""
    baker.make(TaxRate, _quantity=many)
    start = Product.objects.count()
    goods = [
        shop.a_product(
            "20.00",
            name="A good",  # an a in each name: it is what fields that complete are asked for
            brand=baker.make(Brand, name=f"A brand {number}"),
            category=baker.make(Category, name=f"A category {number}"),
        )
        for number in range(start, start + many)
    ]
    people = User.objects.order_by("-id")[:many]
    for price, person in enumerate(people):
        AuditEntry.objects.log_create(
            goods[-1],
            action=AuditEntry.Action.UPDATE,
            changes={"price": [f"{price}.00", f"{price + 1}.00"]},
            actor=person,
        )
    return goods


def bought(goods: list[Product]) -> None:
    on_credit = shop.on_credit()
    for product in goods:
        shop.adjust(product, 5, "8.00")
        shop.buy((product, 9, "8.00"), supplier=shop.a_supplier(), offered=on_credit)
    delta = shop.a_supplier()
    for product in goods:
        shop.buy((product, 9, "8.00"), supplier=delta, offered=on_credit)
    shop.buy(*((product, 1, "0.50") for product in goods), supplier=delta, offered=on_credit)
    for _ in goods:
        shop.pay_the(delta, 1)


def sold(goods: list[Product]) -> None:
    on_credit = shop.on_credit()
    for product in goods:
        shop.hold((product, 1), customer=shop.a_customer())
        shop.sell((product, 1), customer=shop.a_customer(), offered=on_credit)
    rahim = shop.a_customer()
    for product in goods:
        shop.sell((product, 1), customer=rahim, offered=on_credit)
    for _ in goods:
        shop.pay_dues(rahim, 1)
    karim = shop.a_customer(name="Karim")
    sale = shop.sell(*((product, 2) for product in goods), customer=karim, offered=on_credit).sale
    for _ in goods:
        shop.pay_dues(karim, 1)
    items = list(sale.items.all())
    for item in items:
        shop.take_back(sale, shop.units_of(item, 1))
    shop.take_back(sale, *(shop.units_of(item, 1) for item in items))
    # The newest customer is the one with the many sales: who they bought from is not asked.
    shop.sell((goods[0], 1), customer=karim, offered=on_credit)


def moved(goods: list[Product]) -> None:
    """To a second store; the newest transfer has the many lines, and is there."""
    lake = a_store()
    for product in goods:
        sent(lake, (product, 1))
    received(sent(lake, *((product, 1) for product in goods)))


def books(many: int) -> None:
    day = closing.next_day()
    assert day is not None
    for number in range(many):
        record_expense(Spending(f"Tea {number}", Decimal(2)), by=shop.a_cashier())
        account = baker.make(LedgerAccount, code=f"X{day:%m%d}{number}", kind="expense")
        baker.make(PaymentMethod, code=f"m{day:%m%d}{number}", account=account)
        past = day + timedelta(days=number)
        shop.sell((shop.a_service(), 1), at=at_noon(past))
        closing.seal(past)
    for number in range(many):
        a_closed_shift(f"Till {day:%m%d} {number}")
    one = Decimal(1)
    shop.post_by_hand(
        *(line for _ in range(many) for line in (Line("BANK", debit=one), Line("CASH", credit=one)))
    )
