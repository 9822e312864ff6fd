"""The published OpenAPI description: complete, without warnings, and readable offline."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from pos_project.tests.test_permission_matrix import MATRIX

OPEN = {"docs", "schema"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_the_description_is_valid_and_nothing_had_to_be_guessed() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_route_and_method_is_described(schema: dict[str, Any]) -> None:
    described = {
        (re.sub(r"\{[^}]+\}", "1", path.removeprefix("/api/")), method)
        for path, operations in schema["paths"].items()
        if path.startswith("/api/")
        for method in operations
    }

    assert described == {
        (route, method)
        for route, methods in MATRIX.items()
        if route not in OPEN
        for method in methods
    }


def test_every_operation_shows_its_answer_and_its_errors(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            assert any(status.startswith("2") for status in answers), (path, method)
            if path.startswith("/api/"):
                assert "400" in answers, (path, method)
                error = answers["400"]["content"]["application/json"]["schema"]
                assert error == {"$ref": "#/components/schemas/ErrorBody"}, (path, method)
            if method in ("post", "put") and path.rsplit("/", 1)[1] not in ("logout", "refresh"):
                assert "requestBody" in operation, (path, method)


def test_writes_of_money_and_stock_name_the_idempotency_key(schema: dict[str, Any]) -> None:
    keyed = {
        path
        for path, operations in schema["paths"].items()
        for operation in operations.values()
        if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))
    }

    assert keyed >= {
        "/api/cart/checkout",
        "/api/customers/{customer}/dues",
        "/api/expenses",
        "/api/inventory",
        "/api/inventory/{id}",
        "/api/products",
        "/api/purchase",
        "/api/refunds",
        "/api/sales/checkout",
        "/api/sales/complete_pending",
        "/api/sales/pending",
        "/api/suppliers/{supplier}/due-payment",
    }


def test_the_pages_need_no_token_and_no_other_host(client: APIClient, db: None) -> None:
    page = client.get("/api/docs")

    assert page.status_code == 200
    assert "swagger" in page.content.decode().lower()
    links = re.findall(r"""(?:src|href)=["']([^"']+)""", page.content.decode())
    assert links
    assert not [link for link in links if "//" in link]
    assert client.get("/api/schema").status_code == 200


def test_a_setting_closes_them(client: APIClient, settings: Any, db: None) -> None:
    settings.API_DOCS_OPEN = False

    assert client.get("/api/docs").status_code in (401, 403)
    assert client.get("/api/schema").status_code in (401, 403)
