"""Brands, categories and tax rates in the back office: what the API refuses is refused there."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Brand, Category, TaxRate
from conftest import at_the_office
from pos_project.tests import shop

pytestmark = pytest.mark.django_db


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, "the form is shown again"
    return dict(answer.context["adminform"].form.errors)


def test_a_brand_comes_and_changes(office: Client) -> None:
    office.post("/admin/catalog/brand/add/", {"name": "Acme", "description": "Shoes"})
    acme = Brand.objects.get()
    assert (acme.name, acme.name_key, acme.description) == ("Acme", "acme", "Shoes")

    page = f"/admin/catalog/brand/{acme.pk}/change/"
    assert office.post(page, {"name": "Apex", "description": ""}).status_code == 302

    acme.refresh_from_db()
    assert (acme.name, acme.name_key, acme.description) == ("Apex", "apex", None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ÁCME", "A brand with this name exists."),
        ("  ", "required"),
        ("ﷺ" * 10, "no more than 100"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused_beside_its_field(
    office: Client, name: str, said: str
) -> None:
    Brand.objects.create(name="ácme")
    apex = Brand.objects.create(name="Apex")

    for page in ("add/", f"{apex.pk}/change/"):
        answer = office.post(f"/admin/catalog/brand/{page}", {"name": name, "description": "D"})
        assert said in str(errors_of(answer)["name"])
        assert "D" in answer.content.decode(), "what was typed is still there"

    assert set(Brand.objects.values_list("name", "description")) == {("ácme", None), ("Apex", None)}


def test_what_products_have_is_not_removed(office: Client) -> None:
    used, unused = Category.objects.create(name="Bags"), Category.objects.create(name="Hats")
    shop.a_product(category=used)

    refused = office.post(f"/admin/catalog/category/{used.pk}/remove/", {})
    assert "The category is in use by products." in refused.content.decode()
    assert office.post(f"/admin/catalog/category/{unused.pk}/remove/", {}).status_code == 302

    assert list(Category.objects.all()) == [used]


def test_only_admins_say_what_the_tax_rates_are(manager: User, admin: User) -> None:
    add, rate = "/admin/catalog/taxrate/add/", {"name": "VAT", "rate": "15"}

    assert at_the_office(manager).post(add, rate).status_code == 403
    assert at_the_office(admin).post(add, rate).status_code == 302
    page = f"/admin/catalog/taxrate/{TaxRate.objects.get().pk}/"
    assert at_the_office(manager).get(f"{page}change/").status_code == 200
    assert at_the_office(manager).post(f"{page}change/", {**rate, "rate": "1"}).status_code == 403
    assert at_the_office(manager).post(f"{page}remove/", {}).status_code == 403

    assert [str(each.rate) for each in TaxRate.objects.all()] == ["15.00"]


def test_staff_change_no_name(staff: User) -> None:
    answer = at_the_office(staff).post("/admin/catalog/brand/add/", {"name": "Acme"})

    assert answer["Location"].startswith("/admin/login/")
    assert not Brand.objects.exists()
