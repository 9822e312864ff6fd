"""Customers, suppliers and what was open with them come as files: a preview, then all or none."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inventory.tests.test_product_import_page import file_in, text_of
from pos_project.tests import shop
from purchasing.models import Supplier, SupplierDue
from sales.models import Customer, CustomerDue

pytestmark = pytest.mark.django_db

CUSTOMERS, SUPPLIERS = "/admin/sales/customer/", "/admin/purchasing/supplier/"
CUSTOMER_DUES, SUPPLIER_DUES = "/admin/sales/customerdue/", "/admin/purchasing/supplierdue/"


def shown(office: Client, page: str, *rows: str) -> Any:
    file = SimpleUploadedFile("rows.csv", "\n".join(rows).encode())
    answer = office.post(f"{page}import/", {"import_file": file, "format": "0"})
    assert answer.status_code == 200
    return answer


def imported(office: Client, page: str, *rows: str) -> str:
    seen = shown(office, page, *rows)
    assert "confirm_form" in seen.context, text_of(seen)
    done = office.post(f"{page}process_import/", seen.context["confirm_form"].initial, follow=True)
    return text_of(done)


# --- Who they are ---


@pytest.mark.parametrize(("page", "model"), [(CUSTOMERS, Customer), (SUPPLIERS, Supplier)])
def test_a_file_adds_whom_nobody_knows_and_changes_the_others(
    page: str, model: Any, office: Client
) -> None:
    known = model.objects.create(name="Rahim", phone="01711-000 001", city="Dhaka")

    told = imported(
        office,
        page,
        "Name;Phone;E-mail;City",
        "Rahim Uddin;01711000001;;",
        "Karim;+8801711000002;karim@shop.example;Sylhet",
    )

    assert "1 new, 1 changed" in told
    known.refresh_from_db()
    assert (known.name, known.phone, known.city) == ("Rahim Uddin", "01711000001", "Dhaka")
    assert model.objects.get(name="Karim").email == "karim@shop.example"


def test_the_preview_shows_whole_values_and_writes_nothing(office: Client) -> None:
    shop.a_customer(name="Rahim", phone="01711000001")
    page = shown(office, CUSTOMERS, "name,phone", "Rahim Uddin,01711000001")
    assert "Rahim → Rahim Uddin" in text_of(page)
    assert Customer.objects.get().name == "Rahim"
    assert file_in(page, "customers.csv").startswith("id,name,phone,email,")


def test_sent_twice_a_file_adds_nobody_twice(office: Client) -> None:
    rows = ("name,phone,email", "Rahim,01711000001,", "Karim,,k@shop.example", "Salma,,")
    imported(office, CUSTOMERS, *rows)
    assert "0 new, 0 changed, 3 as they were" in imported(office, CUSTOMERS, *rows)
    assert Customer.objects.count() == 3


def test_what_was_exported_comes_back_by_its_id(office: Client) -> None:
    first, second = shop.a_customer(name="Rahim"), shop.a_customer(name="Rahim")
    fields = {"format": "0", "resource": "0"}
    file = office.post(f"{CUSTOMERS}export/", fields).content.decode("utf-8-sig").splitlines()

    told = imported(
        office, CUSTOMERS, *(row.replace(f"{first.pk},Rahim", f"{first.pk},Babu") for row in file)
    )

    assert "1 changed, 1 as they were" in told
    assert set(Customer.objects.values_list("pk", "name")) == {
        (first.pk, "Babu"),
        (second.pk, "Rahim"),
    }


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("99,Rahim,,,", "id", "There is no customer 99."),
        (",Twin,,,", "name", "Several customers have this name: say the id."),
        (",,01799,,", "name", "The name is missing."),
        (",Karim,,no address,", "email", "valid email"),
        (",Karim,8.8E+12,,", "phone", "cut"),
        (",Karim,,,asleep", "status", "asleep"),
        (f",{'x' * 101},,,", "name", "100"),
    ],
)
def test_a_row_that_is_wrong_is_said_and_nothing_is_written(
    row: str, column: str, says: str, office: Client
) -> None:
    shop.a_customer(name="Twin")
    shop.a_customer(name="Twin")
    page = shown(office, CUSTOMERS, "id,name,phone,email,status", ",New,,,", row)
    [(number, name, problem)] = page.context["errors"]
    assert (number, name) == (3, column)
    assert says in problem
    assert "confirm_form" not in page.context
    assert Customer.objects.count() == 2


def test_two_rows_of_one_customer_are_said(office: Client) -> None:
    page = shown(office, CUSTOMERS, "name,phone", "Rahim,01711", "Rahim,01711")
    assert "Rahim stands in row 2 already" in text_of(page)


def test_each_row_costs_the_same(office: Client, queries: Any) -> None:
    def of(count: int) -> int:
        rows = [f"Customer {number}" for number in range(count)]
        return len(queries(lambda: shown(office, CUSTOMERS, "name", *rows)))

    two, four, twelve = of(2), of(4), of(12)
    assert twelve - four == (four - two) * 4


# --- What was open ---


@pytest.mark.usefixtures("the_books_agree")
@pytest.mark.parametrize("side", ["customer", "supplier"])
def test_a_file_of_opening_dues_is_entered_paper_by_paper(side: str, office: Client) -> None:
    if side == "customer":
        party, page, dues = shop.a_customer(name="Rahim"), CUSTOMER_DUES, CustomerDue
    else:
        party, page, dues = shop.a_supplier(name="Rahim"), SUPPLIER_DUES, SupplierDue
    rows = ("name,amount,number,date,note", "rahim,80.50,OLD-7,05/03/2026,", "Rahim,20,,,lent")

    page_before = shown(office, page, *rows)
    assert not dues.objects.exists()
    assert "80.50" in text_of(page_before)
    imported(office, page, *rows)

    assert sorted(dues.objects.values_list("due_amount", flat=True)) == [20, Decimal("80.50")]
    owed = shop.debt_of(party) if side == "customer" else shop.owed_to(party)
    assert owed == Decimal("100.50")


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("Nobody,5,,", "name", "There is no such customer"),
        ("Rahim,,,", "amount", "The amount is missing"),
        ("Rahim,-5,,", "amount", ""),
        ("Rahim,0,,", "amount", ""),
        ('Rahim,"1,50",,', "amount", "decimal comma"),
        ("Rahim,5,,31/02/2026", "dated", "no day"),
        ("Rahim,5,OLD-1,", "", "already entered"),
    ],
)
def test_a_paper_that_is_wrong_stops_the_whole_file(
    row: str, column: str, says: str, office: Client
) -> None:
    shop.a_customer(name="Rahim")
    page = shown(office, CUSTOMER_DUES, "name,amount,number,date", "Rahim,5,OLD-1,", row)
    [(number, name, problem)] = page.context["errors"]
    assert (number, name) == (3, column)
    assert says in problem
    assert not CustomerDue.objects.exists()
