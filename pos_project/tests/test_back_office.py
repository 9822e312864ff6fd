"""What is done in the back office is done by the use cases."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import LoginEvent, Store, User
from conftest import at_the_office
from inventory.models import InventoryLog
from ledger.expenses import Spending, record_expense
from ledger.journal_models import JournalEntry
from ledger.models import Expense, Payment
from ledger.posting import Line
from pos_project.tests import shop
from purchasing.models import Purchase, Supplier
from sales.models import Customer, CustomerDue, Refund, Sale

pytestmark = pytest.mark.django_db


def test_one_line_of_a_sale_is_refunded_with_a_reason(office: Client, manager: User) -> None:
    shirt, cap = shop.a_product("19.99"), shop.a_product("5.00")
    shop.buy((shirt, 5, "8.50"), (cap, 5, "2.00"))
    sale = shop.sell((shirt, 2), (cap, 1)).sale
    line = sale.items.get(product=shirt)
    page = reverse("admin:sales_sale_refund_lines", args=[sale.pk])
    form = {f"line_{line.pk}": "1", "reason": "Wrong size", "method": "cash", "restock": "on"}

    answer = office.post(page, form)

    assert answer.status_code == 302
    refund = Refund.objects.get()
    assert (str(refund.refund_amount), refund.reason, refund.user) == (
        "19.99",
        "Wrong size",
        manager,
    )
    assert shop.stock_of(shirt) == 4
    too_many = office.post(page, {**form, f"line_{line.pk}": "2"})
    assert too_many.status_code == 200
    assert Refund.objects.count() == 1


def test_what_a_refund_comes_to_is_said_before_it_is_booked(office: Client) -> None:
    shirt = shop.a_product("20.00", name="Linen shirt")
    shop.buy((shirt, 5, "8.50"))
    sale = shop.sell((shirt, 2), offered=shop.by_method("card", 46), tax=Decimal(6)).sale
    page = reverse("admin:sales_sale_refund_lines", args=[sale.pk])
    line = sale.items.get()

    told = office.get(page, {"amount": "1", f"line_{line.pk}": "1"}).json()
    assert told == {"amount": "23.00", "tax": "3.00", "due_reduced": "0.00", "paid_out": "23.00"}
    for typed in ("", "x", "9"):
        assert office.get(page, {"amount": "1", f"line_{line.pk}": typed}).json() == {}
    assert '<option value="card" selected>' in office.get(page).content.decode()
    assert not Refund.objects.exists()
    refund = shop.take_back(sale, shop.units_of(line, 1))
    note = office.get(
        reverse("admin:sales_refund_credit_note", args=[Refund.objects.get().pk]), follow=True
    )

    assert refund is not None
    for text in ("Credit note", "Linen shirt", "23.00", "Tax in it", str(sale.invoice_no)):
        assert text in note.content.decode()


def test_nothing_to_return_is_no_refund(office: Client) -> None:
    sale = shop.sell((shop.a_service(), 1)).sale

    answer = office.post(
        reverse("admin:sales_sale_refund_lines", args=[sale.pk]),
        {"reason": "?", "method": "cash"},
    )

    assert "Say how many units" in answer.content.decode()
    assert not Refund.objects.exists()


def test_a_held_sale_is_completed_or_cancelled(office: Client) -> None:
    shirt = shop.a_product("19.99")
    shop.stock(shirt, 3)
    held, given_up = shop.hold((shirt, 2)), shop.hold((shirt, 1))

    short = office.post(
        reverse("admin:sales_sale_complete", args=[held.pk]), {"method": "cash", "paid": "5"}
    )
    assert "paid in full" in short.content.decode()
    office.post(
        reverse("admin:sales_sale_complete", args=[held.pk]), {"method": "cash", "paid": "50"}
    )
    office.post(reverse("admin:sales_sale_cancel", args=[given_up.pk]))

    statuses = dict(Sale.objects.values_list("pk", "status"))
    assert statuses == {held.pk: "completed", given_up.pk: "cancelled"}
    assert shop.stock_of(shirt) == 1


def test_a_customer_pays_and_the_oldest_due_is_settled_first(office: Client) -> None:
    rahim = shop.a_customer()
    for price in ("10.00", "20.00"):
        shop.sell((shop.a_service(price), 1), customer=rahim, offered=shop.on_credit())
    page = reverse("admin:sales_customer_receive_payment", args=[rahim.pk])
    assert "owes 30.00" in office.get(page).content.decode()

    office.post(page, {"amount": "15", "method": "cash"})

    assert [
        str(due) for due in CustomerDue.objects.order_by("id").values_list("due_amount", flat=True)
    ] == [
        "0.00",
        "15.00",
    ]


def test_more_than_is_owed_is_asked_about_once(office: Client) -> None:
    rahim = shop.a_customer()
    shop.sell((shop.a_service("10.00"), 1), customer=rahim, offered=shop.on_credit())
    page = reverse("admin:sales_customer_receive_payment", args=[rahim.pk])

    asked = office.post(page, {"amount": "15", "method": "cash"}).content.decode()
    assert "Only 10.00 is owed. Send it once more to keep 5.00 as a deposit." in asked
    agreed = re.search(r'name="agreed" value="(.*?)"', asked)
    assert agreed is not None
    answer = office.post(page, {"amount": "15", "method": "cash", "agreed": agreed[1]})

    assert answer.status_code == 302
    assert str(CustomerDue.objects.get().due_amount) == "0.00"


def test_before_a_purchase_is_reversed_all_that_goes_back_is_said(office: Client) -> None:
    shop.buy((shop.a_product(), 4, "2.50"), offered=shop.cash(4))
    page = office.get(reverse_page("purchasing_purchase", Purchase.objects.get())).content.decode()

    for text in (
        "4 units leave the stock",
        "4.00 that was paid comes back",
        "6.00 is no longer owed",
    ):
        assert text in page


def test_a_delivery_is_received_line_by_line_by_sku(office: Client, manager: User) -> None:
    delta, shirt = shop.a_supplier(), shop.a_product(sku="TS-001")
    form = {
        "supplier": delta.pk,
        "invoice_no": "PO-7",
        "purchase_date": "2026-02-08",
        "method": "cash",
        "paid": "50",
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "0",
        "form-0-sku": "ts-001",
        "form-0-quantity": "10",
        "form-0-cost_price": "8.50",
        "form-1-sku": "",
        "form-2-sku": "NO-SUCH",
        "form-2-quantity": "1",
        "form-2-cost_price": "1",
    }
    page = reverse("admin:purchasing_purchase_add")

    refused = office.post(page, form)
    assert "There is no product with this SKU." in refused.content.decode()
    assert not Purchase.objects.exists()
    answer = office.post(
        page, {**form, "form-2-sku": "", "form-2-quantity": "", "form-2-cost_price": ""}
    )

    assert answer.status_code == 302, answer.content
    bought = Purchase.objects.get()
    assert (str(bought.total_amount), str(bought.due_amount)) == ("85.00", "35.00")
    assert (bought.user, bought.invoice_no) == (manager, "PO-7")
    assert shop.stock_of(shirt) == 10
    office.post(
        reverse("admin:purchasing_supplier_pay", args=[delta.pk]),
        {"amount": "35", "method": "bkash"},
    )
    assert shop.owed_to(delta) == 0


def test_a_cost_far_from_the_last_is_asked_about_once(office: Client) -> None:
    delta, shirt = shop.a_supplier(), shop.a_product(sku="TS-001")
    shop.buy((shirt, 1, "8.50"))
    form = {
        "supplier": delta.pk,
        "purchase_date": "2026-02-08",
        "method": "due",
        "paid": "0",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-sku": "TS-001",
        "form-0-quantity": "10",
        "form-0-cost_price": "85",
    }
    page = reverse("admin:purchasing_purchase_add")

    asked = office.post(page, form)
    told = asked.content.decode()
    assert "Line 1, Cost each: It cost 8.50 last." in told
    agreed = re.search(r'name="form-0-agreed" value="(.*?)"', told)
    assert agreed is not None
    other = office.post(page, {**form, "form-0-cost_price": "850", "form-0-agreed": agreed[1]})
    assert other.status_code == 200, "another cost is asked about anew"
    answer = office.post(page, {**form, "form-0-agreed": agreed[1]})

    assert answer.status_code == 302
    assert str(Purchase.objects.order_by("-id")[0].total_amount) == "850.00"


def test_an_expense_is_recorded_and_posted(office: Client) -> None:
    answer = office.post(
        reverse("admin:ledger_expense_add"),
        {"title": "Rent", "amount": "60", "category": "Rent", "method": "cash"},
    )

    assert answer.status_code == 302
    assert Expense.objects.get().title == "Rent"
    assert JournalEntry.objects.get().lines.filter(account_id="RENT").exists()


def reverse_page(page: str, row: Any) -> str:
    return reverse(f"admin:{page}_reverse", args=[row.pk])


def offers_reversal(office: Client, page: str, row: Any) -> bool:
    shown = office.get(reverse(f"admin:{page}_change", args=[row.pk])).content.decode()
    return reverse_page(page, row) in shown


def test_what_was_entered_wrongly_is_reversed_with_a_reason(office: Client, manager: User) -> None:
    rahim, delta, shirt = shop.a_customer(), shop.a_supplier(), shop.a_product()
    shop.sell((shop.a_service("30.00"), 1), customer=rahim, offered=shop.on_credit())
    shop.pay_dues(rahim, 20)
    bought = shop.buy((shirt, 5, "8.50"), supplier=delta, offered=shop.on_credit())
    tea = record_expense(Spending("Tea", Decimal(12)), by=shop.a_cashier())
    by_hand = shop.post_by_hand(
        Line("CASH", debit=Decimal(5)), Line("OWNERS_CAPITAL", credit=Decimal(5))
    )
    wrong = {
        "ledger_payment": Payment.objects.get(payment_type=Payment.Type.DUE_PAYMENT),
        "purchasing_purchase": bought,
        "ledger_expense": tea,
        "ledger_journalentry": by_hand,
    }
    for page, row in wrong.items():
        assert offers_reversal(office, page, row), page

    for page, row in wrong.items():
        assert office.post(reverse_page(page, row), {"reason": " "}).status_code == 200, page
        assert not type(row)._default_manager.filter(reverses=row.pk).exists(), page
        answer = office.post(reverse_page(page, row), {"reason": "Entered twice"})
        assert answer.status_code == 302, page
        assert type(row)._default_manager.filter(reverses=row.pk).count() == 1, page
        assert not offers_reversal(office, page, row), page
        again = office.post(reverse_page(page, row), {"reason": "Once more"})
        assert again.status_code == 200, page
        assert type(row)._default_manager.filter(reverses=row.pk).count() == 1, page

    assert (shop.debt_of(rahim), shop.owed_to(delta), shop.stock_of(shirt)) == (30, 0, 0)
    assert set(
        JournalEntry.objects.exclude(reverses=None).values_list("created_by", flat=True)
    ) == {manager.pk}


def test_what_a_document_posted_is_not_reversed_by_itself(office: Client) -> None:
    shop.sell((shop.a_service("30.00"), 1))
    payment, entry = Payment.objects.get(), JournalEntry.objects.get()
    before = shop.everything()

    for page, row in (("ledger_payment", payment), ("ledger_journalentry", entry)):
        assert not offers_reversal(office, page, row), page
        answer = office.post(reverse_page(page, row), {"reason": "No"})
        assert answer.status_code == 200, page

    assert {**shop.everything(), "django_session": ()} == {**before, "django_session": ()}


def test_a_stock_adjustment_is_reversed_with_a_reason(office: Client, manager: User) -> None:
    shirt = shop.a_product(name="Shirt")
    shop.stock(shirt, 5)
    lost, bought = shop.adjust(shirt, -2), InventoryLog.objects.get(kind="purchase")
    page = reverse_page("inventory_inventorylog", lost)
    assert "Reverse -2 of Shirt?" in office.get(page).content.decode()
    assert offers_reversal(office, "inventory_inventorylog", lost)
    assert not offers_reversal(office, "inventory_inventorylog", bought)

    assert office.post(page, {"reason": ""}).status_code == 200
    assert shop.stock_of(shirt) == 3
    assert office.post(page, {"reason": "Found them"}).status_code == 302

    undone = InventoryLog.objects.get(voids=lost)
    assert (undone.note, undone.user, shop.stock_of(shirt)) == ("Found them", manager, 5)
    posted = JournalEntry.objects.get(event="void")
    assert (posted.document_id, posted.memo) == (undone.pk, "Found them")
    for row in (lost, undone):
        assert not offers_reversal(office, "inventory_inventorylog", row)
    assert office.post(page, {"reason": "Again"}).status_code == 200
    assert shop.stock_of(shirt) == 5


def test_no_card_number_is_kept_as_a_reason(office: Client) -> None:
    tea = record_expense(Spending("Tea", Decimal(12)), by=shop.a_cashier())

    answer = office.post(reverse_page("ledger_expense", tea), {"reason": "4111 1111 1111 1111"})

    assert answer.status_code == 200
    assert Expense.objects.count() == 1


def test_people_come_and_change_by_their_use_cases(admin: User) -> None:
    client = at_the_office(admin)
    form = {
        "name": "Farid Ahmed",
        "email": "farid@shop.example",
        "role": "staff",
        "status": "active",
        "new_password": "a-long-enough-one",
    }
    assert client.post(reverse("admin:accounts_user_add"), form).status_code == 302
    farid = User.objects.get(email="farid@shop.example")
    assert farid.check_password("a-long-enough-one")
    assert farid.created_by is not None

    page = reverse("admin:accounts_user_change", args=[admin.pk])
    client.post(
        page, {"name": admin.name, "email": admin.email, "role": "staff", "status": "active"}
    )

    admin.refresh_from_db()
    assert admin.role == "admin", "the last admin stays one"


def test_a_manager_changes_the_papers_but_not_who_may_change_prices(office: Client) -> None:
    store = Store.objects.get()
    office.post(
        reverse("admin:accounts_store_change", args=[store.pk]),
        {
            "name": "Lake Road Store",
            "currency_sign": "$",
            "reorder_level": "20",
            "receipt_footer": "Bye",
            "price_changers": "admins",
        },
    )

    store.refresh_from_db()
    assert (store.name, store.currency_sign) == ("Lake Road Store", "$")
    assert store.price_changers == "managers"


# --- The door ---


def test_every_attempt_at_the_door_is_recorded_and_limited(
    manager: User, staff: User, settings: Any
) -> None:
    settings.LOGIN_RATE_LIMIT = 3
    door = reverse("admin:login")
    client = Client()

    def enter(email: str, password: str) -> Any:
        return client.post(door, {"username": email, "password": password})

    assert enter(manager.email, "wrong").status_code == 200
    assert enter(staff.email, "a-good-password").status_code == 200, "staff stay outside"
    assert enter(manager.email, "a-good-password").status_code == 302
    blocked = Client().post(door, {"username": manager.email, "password": "a-good-password"})

    assert "Too many sign-in attempts" in blocked.content.decode()
    outcomes = list(LoginEvent.objects.order_by("id").values_list("outcome", flat=True))
    assert outcomes == ["wrong", "inactive", "ok", "limited"]


def test_the_side_bar_names_only_pages_that_are_there(office: Client) -> None:
    home = office.get(reverse("admin:index")).content.decode()

    for page in ("sales_sale", "catalog_product", "purchasing_purchase", "ledger_journalentry"):
        assert reverse(f"admin:{page}_changelist") in home
    assert reverse("admin:accounts_user_changelist") not in home
    assert Supplier.objects.count() == Customer.objects.count() == 0
