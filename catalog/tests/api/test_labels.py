"""Brands, categories and tax rates over the wire."""

import json
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from model_bakery import baker
from rest_framework.test import APIClient

from catalog.models import Brand, Category, Product, TaxRate
from catalog.unique_names import create_named

PATHS = ["/api/brands", "/api/categories", "/api/tax-rates"]
MODELS: dict[str, Any] = {PATHS[0]: Brand, PATHS[1]: Category, PATHS[2]: TaxRate}
LISTS = PATHS[:2]


def new(path: str, name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, **({"rate": 5} if path == "/api/tax-rates" else {}), **more}


# --- The documented examples ---


def test_creating_a_brand_answers_exactly_as_documented(as_staff: APIClient) -> None:
    answer = as_staff.post("/api/brands", {"name": "Acme"})
    assert answer.status_code == 201
    brand = Brand.objects.get()
    assert answer.json() == {"message": "Brand created", "data": {"id": brand.pk, "name": "Acme"}}


def test_a_sent_description_is_answered_and_an_empty_one_is_none(as_staff: APIClient) -> None:
    sent = as_staff.post("/api/brands", {"name": "Acme", "description": " Own label "}).json()
    assert sent["data"]["description"] == "Own label"
    as_staff.post("/api/brands", {"name": "Other", "description": ""})
    assert Brand.objects.get(name="Other").description is None


def test_a_brand_is_renamed_and_described_one_field_at_a_time(as_staff: APIClient) -> None:
    brand = baker.make(Brand, name="Acme", description="Old")
    answer = as_staff.put(f"/api/brands/{brand.pk}", {"description": "Own label"})
    assert answer.json() == {
        "message": "Brand updated",
        "data": {"id": brand.pk, "name": "Acme", "description": "Own label"},
    }
    answer = as_staff.put(f"/api/brands/{brand.pk}", {"name": "Zeta"})
    assert answer.json()["data"] == {"id": brand.pk, "name": "Zeta", "description": "Own label"}
    as_staff.put(f"/api/brands/{brand.pk}", {"description": ""})
    brand.refresh_from_db()
    assert brand.description is None


def test_a_category_is_active_unless_it_is_said_otherwise(as_staff: APIClient) -> None:
    answer = as_staff.post("/api/categories", {"name": "Apparel"})
    category = Category.objects.get()
    assert answer.json() == {
        "message": "Category created",
        "data": {"id": category.pk, "name": "Apparel", "is_active": True},
    }
    answer = as_staff.put(f"/api/categories/{category.pk}", {"is_active": "false"})
    assert answer.json() == {
        "message": "Category updated",
        "data": {"id": category.pk, "name": "Apparel", "is_active": False},
    }
    as_staff.put(f"/api/categories/{category.pk}", {"is_active": ""})
    category.refresh_from_db()
    assert category.is_active is False


def test_a_tax_rate_is_a_number_of_percent(as_admin: APIClient) -> None:
    answer = as_admin.post("/api/tax-rates", {"name": "VAT 5%", "rate": "5.00"})
    rate = TaxRate.objects.get()
    assert answer.status_code == 201
    assert answer.content == (
        b'{"message":"Tax rate created","data":{"id":%d,"name":"VAT 5%%","rate":5}}' % rate.pk
    )
    answer = as_admin.put(f"/api/tax-rates/{rate.pk}", {"rate": 7.5})
    assert answer.json()["data"] == {"id": rate.pk, "name": "VAT 5%", "rate": 7.5}
    listed = as_admin.get("/api/tax-rates").json()
    assert listed["total"] == 1
    assert listed["data"][0]["rate"] == 7.5


# --- Lists ---


def test_brands_are_a_bare_array_newest_first(as_staff: APIClient) -> None:
    first, second = baker.make(Brand, name="A"), baker.make(Brand, name="B")
    rows = as_staff.get("/api/brands").json()
    assert [row["id"] for row in rows] == [second.pk, first.pk]
    assert set(rows[0]) == {"id", "name", "description", "created_at", "updated_at"}
    assert rows[0]["created_at"].endswith("+06:00")


def test_categories_are_a_bare_array_oldest_first_with_the_inactive(as_staff: APIClient) -> None:
    first = baker.make(Category, name="A", is_active=False)
    second = baker.make(Category, name="B")
    rows = as_staff.get("/api/categories").json()
    assert [(row["id"], row["is_active"]) for row in rows] == [
        (first.pk, False),
        (second.pk, True),
    ]


def test_tax_rates_are_listed_newest_first(as_staff: APIClient) -> None:
    first = baker.make(TaxRate, name="A", rate=5)
    second = baker.make(TaxRate, name="B", rate=15)
    rows = as_staff.get("/api/tax-rates").json()
    assert rows["success"] is True
    assert [row["id"] for row in rows["data"]] == [second.pk, first.pk]


@pytest.mark.parametrize("path", LISTS)
def test_a_slice_is_given_only_when_asked_for_with_its_total_in_a_header(
    path: str, as_staff: APIClient
) -> None:
    for name in "ABC":
        baker.make(MODELS[path], name=name)
    whole = as_staff.get(path)
    assert len(whole.json()) == 3
    assert "X-Total-Count" not in whole
    part = as_staff.get(path, {"page": 2, "limit": 2})
    assert part.json() == whole.json()[2:]
    assert part["X-Total-Count"] == "3"
    assert as_staff.get(path, {"page": "nonsense", "limit": "-1"}).json() == whole.json()
    assert as_staff.get(path, {"page": 9}).json() == []


@pytest.mark.parametrize("path", LISTS)
def test_searching_takes_percent_and_underscore_literally(path: str, as_staff: APIClient) -> None:
    for name in ("100% cotton", "100 cotton", "a_b", "acb", "Backslash\\"):
        baker.make(MODELS[path], name=name)

    def names(search: str) -> set[str]:
        return {row["name"] for row in as_staff.get(path, {"search": search}).json()}

    assert names("0% C") == {"100% cotton"}
    assert names("A_B") == {"a_b"}
    assert names("\\") == {"Backslash\\"}
    assert names(" COTTON ") == {"100% cotton", "100 cotton"}
    assert names("nothing") == set()


# --- Names are unique, however spelled ---


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("spelling", ["Acme", "ACME", "  acme ", "ａｃｍｅ"])
def test_a_name_is_used_once_however_it_is_spelled(
    path: str, spelling: str, as_admin: APIClient
) -> None:
    assert as_admin.post(path, new(path, "Acme")).status_code == 201
    answer = as_admin.post(path, new(path, spelling))
    assert answer.status_code == 409
    assert list(answer.json()["errors"]) == ["name"]
    assert MODELS[path].objects.count() == 1


@pytest.mark.parametrize("path", PATHS)
def test_an_accent_makes_another_name(path: str, as_admin: APIClient) -> None:
    assert as_admin.post(path, new(path, "Cafe")).status_code == 201
    assert as_admin.post(path, new(path, "Café")).status_code == 201


@pytest.mark.parametrize("path", PATHS)
def test_renaming_into_a_taken_name_is_a_clash_and_into_the_own_one_is_not(
    path: str, as_admin: APIClient
) -> None:
    as_admin.post(path, new(path, "Acme"))
    other = as_admin.post(path, new(path, "Zeta")).json()["data"]["id"]
    assert as_admin.put(f"{path}/{other}", {"name": "acme"}).status_code == 409
    assert MODELS[path].objects.get(pk=other).name == "Zeta"
    assert as_admin.put(f"{path}/{other}", {"name": "ZETA"}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_name_is_free_again_after_its_row_was_removed(path: str, as_admin: APIClient) -> None:
    row = as_admin.post(path, new(path, "Acme")).json()["data"]["id"]
    assert as_admin.delete(f"{path}/{row}").status_code == 200
    assert as_admin.post(path, new(path, "Acme")).status_code == 201


def test_whoever_loses_the_race_for_a_name_meets_the_databases_no(db: None) -> None:
    create_named(Brand, {"name": "Acme"})
    with pytest.raises(IntegrityError):
        Brand.objects.bulk_create([Brand(name="ACME", name_key="acme")])


# --- What is refused ---


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "name", [None, "", "   ", "x" * 101, "ß" * 60, "ﷺ" * 10, ["a"], {"a": 1}, True, "a\0b"]
)
def test_a_wrong_name_is_refused_and_nothing_written(
    path: str, name: Any, as_admin: APIClient
) -> None:
    answer = as_admin.post(path, new(path, name))
    assert answer.status_code == 400
    assert MODELS[path].objects.count() == 0


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_body_names_the_missing_field(path: str, as_admin: APIClient) -> None:
    answer = as_admin.post(path, {})
    assert answer.status_code == 400
    assert "name" in answer.json()["errors"]


@pytest.mark.parametrize(
    "rate", [None, "", -0.01, 100.01, 1e400, "NaN", "Infinity", "abc", 5.123, [5], True, 10**40]
)
def test_a_tax_rate_is_between_0_and_100(rate: Any, as_admin: APIClient) -> None:
    # (the client's own encoder would write Infinity, which is no JSON)
    body = '{"name": "VAT", "rate": %s}' % ("1e400" if rate == 1e400 else json.dumps(rate))
    answer = as_admin.post("/api/tax-rates", body, content_type="application/json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["rate"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("row_id", ["0", "-1", "abc", "1.5", str(2**63), "%00"])
def test_a_path_id_is_a_positive_integer(path: str, row_id: str, as_admin: APIClient) -> None:
    assert as_admin.put(f"{path}/{row_id}", {"name": "A"}).status_code == 400
    assert as_admin.delete(f"{path}/{row_id}").status_code == 400


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/api/brands/7", "Brand not found"),
        ("/api/categories/7", "Category not found"),
        ("/api/tax-rates/7", "Tax rate not found"),
    ],
)
def test_an_unknown_row_is_not_found(path: str, text: str, as_admin: APIClient) -> None:
    for answer in (as_admin.put(path, {"name": "A"}), as_admin.delete(path)):
        assert answer.status_code == 404
        assert answer.json()["message"] == text


# --- Use by products ---


@pytest.mark.parametrize(("path", "field"), [(LISTS[0], "brand"), (LISTS[1], "category")])
def test_what_a_listed_product_uses_is_kept_and_what_an_archived_one_had_is_not(
    path: str, field: str, as_staff: APIClient
) -> None:
    row = baker.make(MODELS[path], name="Acme")
    product = baker.make(Product, sku="A", price=1, **{field: row})
    answer = as_staff.delete(f"{path}/{row.pk}")
    assert answer.status_code == 409
    assert MODELS[path].objects.filter(pk=row.pk).exists()
    Product.objects.filter(pk=product.pk).update(archived_at=timezone.now(), sku_key=None)
    assert as_staff.delete(f"{path}/{row.pk}").status_code == 200
    assert not MODELS[path].objects.filter(pk=row.pk).exists()
    product.refresh_from_db()
    assert getattr(product, field) is None
