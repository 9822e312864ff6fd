"""The back office speaks as a shop does: whole units, people's names, one word for one thing."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from model_bakery import baker

from accounts.models import AuditEntry, User
from catalog.models import Category
from inventory.models import Batch, InventoryLog
from pos_project.tests import shop
from purchasing.models import Purchase
from sales.models import Refund

pytestmark = pytest.mark.django_db


def shown(office: Client, page: str, row: Any = None) -> str:
    address = reverse(f"admin:{page}", args=[row.pk] if row else [])
    answer = office.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_units_are_whole_and_people_are_called_by_their_names(office: Client) -> None:
    shirt, by = shop.a_product(), shop.a_cashier("karim")
    shop.buy((shirt, 12, "8.50"), by=by)
    sale = shop.sell((shirt, 3), by=by).sale
    shop.take_back(sale, shop.units_of(sale.items.get(), 1))
    shop.adjust(shirt, -1)

    pages = [
        shown(office, "sales_sale_change", sale),
        shown(office, "sales_refund_change", Refund.objects.get()),
        shown(office, "purchasing_purchase_change", Purchase.objects.get()),
        shown(office, "inventory_batch_changelist"),
        shown(office, "inventory_batch_change", Batch.objects.get()),
        shown(office, "inventory_inventorylog_changelist"),
        *(
            shown(office, "inventory_inventorylog_change", row)
            for row in InventoryLog.objects.all()
        ),
        shown(office, "sales_sale_changelist"),
        shown(office, "ledger_payment_changelist"),
    ]

    for page in pages:
        for text in (".000", "@shop.example&gt;", "Change_qty"):
            assert text not in page
    assert "karim" in pages[0]
    assert "karim" in pages[-1]


def test_a_held_sale_is_called_parked_wherever_it_stands(office: Client) -> None:
    held = shop.hold((shop.a_service(), 1))

    for page in (shown(office, "sales_sale_change", held), shown(office, "sales_sale_changelist")):
        assert "Parked" in page
        assert "Pending" not in page


def test_a_sku_is_spelled_as_one(office: Client) -> None:
    shirt = shop.a_product()

    for page in (
        shown(office, "catalog_product_changelist"),
        shown(office, "catalog_product_change", shirt),
    ):
        assert "SKU" in page
        assert "Sku" not in page


def test_the_audit_says_what_changed_in_words(office: Client, manager: User) -> None:
    bags, hats = baker.make(Category, name="Bags"), baker.make(Category, name="Hats")
    cap = shop.a_product(name="Cap", sku="CP-9", category=bags)
    form = {
        **{name: getattr(cap, name) for name in ("name", "sku", "price", "unit", "status")},
        "keeps_stock": "on",
        "category": hats.pk,
    }
    office.post(reverse("admin:catalog_product_change", args=[cap.pk]), form)
    entry = AuditEntry.objects.order_by("-id")[0]
    assert entry.changes == {"category": [str(bags.pk), str(hats.pk)]}

    many, one = (
        shown(office, "accounts_auditentry_changelist"),
        shown(office, "accounts_auditentry_change", entry),
    )

    for page in (many, one):
        for text in ("When", "Who", "What", "Which", "From where", "product changed", manager.name):
            assert text in page
        for text in ("Object representation", "Remote address", "Timestamp", "(&#x27;"):
            assert text not in page
    for text in ("Bags", "Hats"):
        assert text in one
    assert "+00:00" not in one


def test_the_audit_is_filtered_by_what_was_done(office: Client) -> None:
    cap = shop.a_product(name="Cap")
    cap.name = "Hat"
    cap.save()
    page = reverse("admin:accounts_auditentry_changelist")

    def names(**chosen: str) -> list[str]:
        rows = office.get(page, chosen).context["cl"].result_list
        return [entry.object_repr for entry in rows if entry.content_type.model == "product"]

    assert names(done="1") == [str(cap)]
    assert names(done="2") == []
    assert len(names(done="nonsense")) == 2


def test_documents_say_how_they_were_paid_as_people_say_it(office: Client) -> None:
    shirt, customer = shop.a_product(), shop.a_customer()
    shop.buy((shirt, 12, "8.50"))
    sale = shop.sell((shirt, 3), offered=shop.by_method("bkash", 10**6)).sale
    shop.sell((shirt, 1), customer=customer, offered=shop.on_credit())
    shop.take_back(sale, shop.units_of(sale.items.get(), 1))

    for name, page, row in (
        ("bKash", "sales_sale_changelist", None),
        ("On credit", "sales_sale_changelist", None),
        ("bKash", "sales_sale_change", sale),
        ("Cash", "sales_refund_change", Refund.objects.get()),
        ("Cash", "purchasing_purchase_changelist", None),
    ):
        assert re.search(rf"<(td|div)[^>]*>\s*{name}\s*</(td|div)>", shown(office, page, row)), page


def test_cash_is_what_a_form_asks_for_first(office: Client) -> None:
    page = shown(office, "purchasing_purchase_add")
    assert page.index(">Cash<") < page.index(">Card<") < page.index(">On credit<")
