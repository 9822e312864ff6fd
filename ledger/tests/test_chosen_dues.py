"""Which invoices a payment pays can be chosen; the oldest first is what happens otherwise."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import Payment
from pos_project.core.errors import Invalid
from pos_project.tests import shop
from pos_project.tests.page_forms import form_of
from purchasing.models import Purchase
from sales.models import Customer, CustomerDue, Sale

pytestmark = pytest.mark.django_db


def owes(customer: Customer, amount: str) -> Sale:
    lines = (shop.a_service(amount), 1)
    return shop.sell(lines, customer=customer, offered=shop.on_credit()).sale


def left(model: Any = Sale) -> list[Decimal]:
    return list(model.objects.order_by("id").values_list("due_amount", flat=True))


def test_chosen_sales_are_paid_in_the_order_in_which_they_are_named(rahim: Customer) -> None:
    _, second, third = (owes(rahim, amount) for amount in ("10.00", "20.00", "30.00"))

    paid = shop.pay_dues(rahim, 40, documents=[third.pk, second.pk])

    assert left() == [10, 10, 0]
    assert (paid.applied, paid.advance, paid.remaining_due) == (40, 0, 20)
    assert shop.debt_of(rahim) == 20
    assert set(Payment.objects.values_list("sale_id", "amount")) == {
        (third.pk, 30),
        (second.pk, 10),
    }


@pytest.mark.parametrize(
    ("amount", "names", "field", "why"),
    [
        (31, ["second", "third"], None, None),
        (51, ["second", "third"], "amount", "Only 50.00 is open of what is chosen."),
        (5, ["second", "second"], "sale_ids[1]", "Named twice."),
        (5, ["strangers"], "sale_ids[0]", "Nothing is open of sale"),
        (5, ["third", "paid"], "sale_ids[1]", "Nothing is open of sale"),
    ],
)
def test_no_more_is_paid_than_the_chosen_ones_owe(
    rahim: Customer, amount: int, names: list[str], field: str | None, why: str | None
) -> None:
    sales = {name: owes(rahim, "20.00") for name in ("paid", "second")}
    sales["third"] = owes(rahim, "30.00")
    sales["strangers"] = owes(shop.a_customer(), "9.00")
    shop.pay_dues(rahim, 20)
    before = left()

    def pay() -> None:
        shop.pay_dues(rahim, amount, documents=[sales[name].pk for name in names])

    if field is None:
        pay()
        assert sum(left()) == sum(before) - amount
        return
    with pytest.raises(Invalid) as refused:
        pay()
    [(named, [told])] = refused.value.fields.items()
    assert named == field
    assert str(why) in told
    assert left() == before


def test_a_till_names_the_sales_or_the_purchases(as_manager: Any, rahim: Customer) -> None:
    owes(rahim, "10.00")
    mine = owes(rahim, "20.00")
    delta = shop.a_supplier()
    bills = [
        shop.buy((shop.a_product(), 1, "7.00"), supplier=delta, offered=shop.on_credit())
        for _ in range(2)
    ]

    in_ = as_manager.post(f"/api/customers/{rahim.pk}/dues", {"amount": 20, "sale_ids": [mine.pk]})
    out = as_manager.post(
        f"/api/suppliers/{delta.pk}/due-payment", {"amount": 5, "purchase_ids": [bills[1].pk]}
    )

    assert [each["sale_id"] for each in in_.json()["data"]["allocations"]] == [mine.pk]
    assert [each["purchase_id"] for each in out.json()["data"]["allocations"]] == [bills[1].pk]
    assert (left(), left(Purchase)) == ([10, 0], [7, 2])


@pytest.mark.parametrize("ids", [["x"], [0], "1", [None], [True], list(range(1, 502)), {"a": 1}])
def test_what_is_no_list_of_ids_is_refused(as_manager: Any, rahim: Customer, ids: Any) -> None:
    owes(rahim, "10.00")

    answer = as_manager.post(f"/api/customers/{rahim.pk}/dues", {"amount": 5, "sale_ids": ids})

    assert answer.status_code == 400
    assert left() == [10]


def test_none_named_is_the_oldest_first(as_manager: Any, rahim: Customer) -> None:
    owes(rahim, "10.00")
    owes(rahim, "20.00")

    as_manager.post(f"/api/customers/{rahim.pk}/dues", {"amount": 15, "sale_ids": []})

    assert left() == [0, 15]


def test_sales_are_not_named_where_purchases_are_paid(as_manager: Any) -> None:
    delta = shop.a_supplier()
    shop.buy((shop.a_product(), 1, "7.00"), supplier=delta, offered=shop.on_credit())

    answer = as_manager.post(
        f"/api/suppliers/{delta.pk}/due-payment", {"amount": 5, "sale_ids": [1]}
    )

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"sale_ids": ["Not understood here; nothing was written."]}
    assert left(Purchase) == [7]


def test_the_page_ticks_what_is_paid(office: Client, rahim: Customer) -> None:
    first, second = owes(rahim, "1210.00"), owes(rahim, "20.00")
    page = reverse("admin:sales_customer_receive_payment", args=[rahim.pk])
    shown = office.get(page).content.decode()
    assert f"{first} · " in shown
    assert " · 1,210.00" in shown

    said = {"documents": [second.pk], "method": "cash"}
    more = office.post(page, {**said, "amount": "1230.00"}).content.decode()
    office.post(page, {**said, "amount": "20.00"})

    assert "Only 20.00 is open of what is chosen." in more
    assert left() == [1210, 0]


def test_from_the_list_of_what_is_unpaid_the_row_s_own_is_ticked(
    office: Client, rahim: Customer
) -> None:
    owes(rahim, "1210.00")
    second = owes(rahim, "20.00")
    due = CustomerDue.objects.get(sale=second)

    collect = reverse("admin:sales_customerdue_collect", args=[due.pk])
    form = form_of(office.get(collect, follow=True))

    assert (form["documents"], form["amount"]) == (str(second.pk), "20.00")


def test_before_a_payment_is_reversed_all_that_goes_back_is_said(
    office: Client, rahim: Customer
) -> None:
    first, second = owes(rahim, "10.00"), owes(rahim, "20.00")
    shop.pay_dues(rahim, 35)
    row = Payment.objects.filter(sale=first).get()

    shown = office.get(reverse("admin:ledger_payment_reverse", args=[row.pk])).content.decode()

    assert "35.00 goes back to" in shown
    assert f"10.00 of {first} is owed again." in shown
    assert f"20.00 of {second} is owed again." in shown
    assert "5.00 of it was paid ahead and is a deposit no more." in shown
