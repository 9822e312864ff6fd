"""What the API answers is what its description says: no key more, none missing, none of another
kind; and the description is one of which clients can be generated."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Model
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from openapi_schema_validator import OAS30Validator
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Product
from ledger.journal_models import JournalEntry
from pos_project.tests import shop
from purchasing.models import Purchase, Supplier
from sales.models import Customer, Refund, Sale

JSON = "application/json"
# What a path is about → the table whose first row it is asked for.
SUBJECTS: dict[str, type[Model]] = {
    "entrie": JournalEntry,
    "product": Product,
    "purchase": Purchase,
    "refund": Refund,
    "supplier": Supplier,
    "user": User,
}


def strict(node: Any) -> Any:
    """The description, in which an object has its described keys and no other, and in which a
    nullable reference is one (`allOf` with `nullable`, as OpenAPI 3.0 writes it)."""
    if isinstance(node, list):
        return [strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: strict(value) for key, value in node.items()}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    if made.get("nullable") and "allOf" in made:
        return {"anyOf": [*made["allOf"], {"type": "object", "nullable": True, "maxProperties": 0}]}
    return made


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    made = SchemaGenerator().get_schema(request=None, public=True)
    described: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(made))
    return described


class Described:
    """Compares answers with the description."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._whole = strict(description)
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path)
            for path in sorted(description["paths"], key=lambda path: path.count("{"))
        ]

    def differences(self, method: str, path: str, answer: Any) -> Iterator[str]:
        template = next(name for found, name in self._paths if found.fullmatch(path))
        where = f"{method} {template} {answer.status_code}"
        answers = self._whole["paths"][template][method]["responses"]
        if str(answer.status_code) not in answers:
            yield f"{where}: not described"
            return
        schema = answers[str(answer.status_code)]["content"][JSON]["schema"]
        whole = {**schema, "components": self._whole["components"]}
        validator = OAS30Validator(whole, format_checker=OAS30Validator.FORMAT_CHECKER)
        for error in validator.iter_errors(json.loads(answer.content)):
            at = ".".join("#" if isinstance(each, int) else str(each) for each in error.path)
            yield f"{where} {at}: {error.message[:200]}"


@pytest.fixture
def shop_at_work(db: None) -> dict[str, int]:
    """A shop with a row of everything, and the ids that paths name."""
    shop.a_days_work()
    shop.a_days_corrections()
    sale = Sale.objects.completed().filter(customer__isnull=False).latest("id")
    return {"sale": sale.pk, "customer": int(sale.customer_id or 0)}


def everything_read(description: dict[str, Any], ids: dict[str, int]) -> Iterator[str]:
    """Every path that GET answers, with ids of rows that are there."""
    code = {"code": "CASH", "account": "CASH"}
    for path, operations in description["paths"].items():
        if "get" not in operations or path.startswith("/health"):
            continue
        filled = path
        for name in re.findall(r"\{(\w+)\}", path):
            subject = name if name != "id" else path.split("/{id}")[0].rsplit("/", 1)[1].rstrip("s")
            filled = filled.replace(f"{{{name}}}", str(code.get(name) or ids.get(subject) or 1))
        yield filled


def test_every_reading_answer_is_as_described(
    description: dict[str, Any], shop_at_work: dict[str, int], as_admin: APIClient, admin: User
) -> None:
    ids = {
        **shop_at_work,
        **{
            name: int(model._base_manager.earliest("pk").pk)
            for name, model in SUBJECTS.items()
            if name not in shop_at_work
        },
    }
    described, wrong, seen = Described(description), [], 0
    for path in everything_read(description, ids):
        answer = as_admin.get(path)
        seen += answer.status_code == 200
        wrong += described.differences("get", path, answer)

    assert "\n".join(wrong) == ""
    assert seen > 70


def test_every_kind_of_refusal_is_as_described(
    description: dict[str, Any], as_admin: APIClient, db: None
) -> None:
    described = Described(description)
    for method, path, body, status in (
        ("get", "/api/sales/0", None, 400),
        ("get", "/api/sales/999", None, 404),
        ("post", "/api/sales/checkout", {"items": []}, 400),
        ("put", "/api/brands/999", {"name": "No such"}, 404),
        ("delete", "/api/products/999", None, 404),
    ):
        answer = getattr(as_admin, method)(path, body)
        assert answer.status_code == status, answer.content
        assert list(described.differences(method, path, answer)) == []
    nobody = APIClient().get("/api/sales")
    assert list(described.differences("get", "/api/sales", nobody)) == []


def test_a_tills_day_is_answered_as_described(
    description: dict[str, Any], as_admin: APIClient, admin: User, rahim: Customer
) -> None:
    described = Described(description)
    login = APIClient().post(
        "/api/auth/login", {"email": admin.email, "password": "a-good-password"}
    )
    assert list(described.differences("post", "/api/auth/login", login)) == []
    supplier = shop.a_supplier()

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = getattr(as_admin, method)(path, body)
        assert answer.status_code in (200, 201), (path, answer.content)
        assert list(described.differences(method, path, answer)) == []
        return answer.json()

    send(
        "post",
        "/api/products",
        {"name": "Tea", "price": 5, "cost_price": 2, "stock": 9, "sku": "TEA"},
    )
    product = Product.objects.latest("id").pk
    lines = [{"product_id": product, "quantity": 2, "cost_price": 2}]
    send("post", "/api/purchase", {"supplier_id": supplier.pk, "items": lines})
    cart = {"items": [{"product_id": product, "quantity": 1}], "customer_id": rahim.pk}
    sold = send("post", "/api/sales/checkout", {**cart, "paid_amount": 1, "payment_method": "cash"})
    send("post", f"/api/customers/{rahim.pk}/dues", {"amount": 1, "method": "cash"})
    send("get", f"/api/customers/{rahim.pk}/dues")
    send("post", "/api/refunds", {"sale_id": sold["sale_id"]})
    send("get", f"/api/sales/{sold['sale_id']}")
    send("post", "/api/sales/pending", cart)
    send("get", "/api/sales/pending")
    send("delete", f"/api/sales/pending/{Sale.objects.latest('id').pk}")
    send("put", f"/api/products/{product}", {"name": "Green tea"})
    send("delete", f"/api/products/{product}")
    send("put", f"/api/customers/{rahim.pk}", {"notes": "Pays on Fridays"})
    brand = send("post", "/api/brands", {"name": "Leaf"})["data"]["id"]
    send("delete", f"/api/brands/{brand}")


# --- Words and shapes ---


def test_a_description_for_people_and_generators(description: dict[str, Any]) -> None:
    named = {tag["name"] for tag in description["tags"]}
    assert description["servers"]
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            where = (method, path)
            assert set(operation["tags"]) <= named, where
            assert "security" in operation, where
            assert not operation["operationId"].endswith(("_retrieve", "_destroy")), where
            for status, answer in operation["responses"].items():
                assert answer["description"], where
                assert set(answer.get("content", {})) <= {JSON}, (where, status)
            if path.startswith("/api/"):
                assert "503" in operation["responses"], where
                assert "Retry-After" in operation["responses"]["429"]["headers"], where
            for parameter in operation.get("parameters", ()):
                words = [str(each).lower() for each in parameter["schema"].get("enum", ())]
                assert len(words) == len(set(words)), (where, parameter["name"])
    schemas = description["components"]["schemas"]
    assert not {"BlankEnum", "NullEnum"} & schemas.keys()
    assert schemas["SaleLineInRequest"]["properties"]["quantity"]["maximum"] == 10**6


def test_only_what_needs_no_token_says_so(description: dict[str, Any]) -> None:
    public = {
        path
        for path, operations in description["paths"].items()
        for operation in operations.values()
        if {"accessToken": []} not in operation["security"]
    }
    assert public == {
        *("/api/auth/login", "/api/auth/logout", "/api/auth/refresh", "/api/auth/verify"),
        *("/health", "/health/live", "/health/ready"),
    }
    assert description["paths"]["/api/auth/refresh"]["post"]["security"] == [{"refreshCookie": []}]


# --- Examples (recorded and replayed: test_api_examples.py) ---


def test_every_operation_has_a_summary_and_an_example_in_its_shape(
    description: dict[str, Any],
) -> None:
    components = strict(description["components"])
    summaries: dict[str, set[str]] = {}
    wrong = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            alias = path.replace("/transactions/summary", "/summary")
            summaries.setdefault(operation["summary"], set()).add(f"{method} {alias}")
            answers = operation["responses"]
            shown = [answers[min(answers)]["content"][JSON]]
            if "requestBody" in operation:
                shown.append(operation["requestBody"]["content"][JSON])
            for each in shown:
                schema = {**strict(each["schema"]), "components": components}
                validator = OAS30Validator(schema, format_checker=OAS30Validator.FORMAT_CHECKER)
                for error in validator.iter_errors(each.get("example")):
                    wrong.append(f"{method} {path} {list(error.path)}: {error.message[:200]}")
    assert "\n".join(wrong) == "", "make examples"
    assert {text: of for text, of in summaries.items() if len(of) > 1 or len(text) > 100} == {}


# --- What generators make of it (the clients themselves: test_generated_clients.py) ---


def test_no_default_is_sent_that_nobody_chose(description: dict[str, Any]) -> None:
    """A client that sends the `default` of a field left out would make staff of an admin whose
    name is changed; one that demands it makes every body longer."""
    for name, schema in description["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            assert "default" not in described, (name, field)
    assert "success" in description["components"]["schemas"]["ErrorBody"]["required"]
