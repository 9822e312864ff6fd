"""What nobody types into an address or a form of the back office is refused, and is no failure."""

from collections.abc import Iterator

import pytest
from django.contrib import admin as site
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from accounts.models import User
from conftest import at_the_office
from pos_project.tests import shop
from pos_project.tests.page_forms import form_of

pytestmark = pytest.mark.django_db

NO_IDS = ("abc", "-1", "1.5", str(2**63), "9" * 40, "a\x00b", "1_000", " ", "_5F")
NO_CHOICES = ("no such", "-1", str(2**63), "9" * 40, "a\x00b", "30-11-2026")


def pages_of_one_row() -> Iterator[tuple[str, URLPattern]]:
    for model, page in site.site._registry.items():
        for pattern in page.get_urls():
            if pattern.name and "object_id" in pattern.pattern.converters:
                yield f"{model._meta.label_lower}: {pattern.name}", pattern


@pytest.fixture
def office(admin: User) -> Client:
    shop.a_days_work()
    return at_the_office(admin)


@pytest.mark.parametrize("value", NO_IDS)
def test_no_page_is_there_for_what_can_be_no_id(office: Client, value: str) -> None:
    asked = 0
    for name, pattern in pages_of_one_row():
        try:
            address = reverse(f"admin:{pattern.name}", args=[value])
        except NoReverseMatch:
            continue
        asked += 1
        for answer in (office.get(address), office.post(address, {"reason": "x"})):
            # (Django sends the page of a row that is not there home, and says so.)
            assert answer.status_code in (302, 403, 404, 405), (name, value)
    assert asked > 20


@pytest.mark.parametrize("value", NO_CHOICES)
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("admin:purchasing_purchase_add", "supplier"),
        ("admin:catalog_product_add", "brand"),
        ("admin:catalog_product_add", "category"),
        ("admin:catalog_product_add", "preferred_supplier"),
        ("admin:catalog_product_add", "tax_rate"),
        ("admin:ledger_paymentmethod_add", "account"),
        ("admin:accounts_user_add", "store"),
    ],
)
def test_a_choice_that_names_no_row_is_said_beside_its_field(
    office: Client, page: str, field: str, value: str
) -> None:
    address = reverse(page)
    sent = {**form_of(office.get(address)), field: value}

    answer = office.post(address, sent)

    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "Select a valid choice" in shown or "Null characters" in shown or field == "store"


@pytest.mark.parametrize("query", ["nothing=1", "category=NaN", "id__exact=abc", "brand=a%00b"])
@pytest.mark.parametrize("model", ["catalog_product", "sales_customer", "purchasing_supplier"])
def test_a_file_of_a_list_that_cannot_be_is_answered_as_the_list_is(
    office: Client, model: str, query: str
) -> None:
    answer = office.get(f"{reverse(f'admin:{model}_export')}?{query}")
    assert answer.status_code in (200, 302)
    counted = reverse("admin:inventory_inventorylog_count_stock")
    assert office.get(f"{counted}?{query}").status_code == 200
