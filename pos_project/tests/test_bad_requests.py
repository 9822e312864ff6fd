"""Whatever a client sends: a clear 4xx in the envelope, never a 5xx, and nothing is written."""

import gzip
import json
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import User
from conftest import signed_in
from pos_project.tests.examples import examples
from pos_project.tests.test_permission_matrix import MATRIX

WRITES = [
    (route, method)
    for route, methods in sorted(MATRIX.items())
    for method in methods
    if method in ("post", "put")
]
READS = [route for route, methods in sorted(MATRIX.items()) if "get" in methods]
# Requests that need no body, or that mean something without one.
MAY_SUCCEED = {"auth/logout", "brands/1", "categories/1"}
# Every attempt to sign in is written down; a cart is opened on first use.
WRITTEN_ANYHOW = {"login_events", "carts", "rate_counters"}

GARBAGE: dict[str, tuple[str, bytes]] = {
    "no JSON at all": ("application/json", b"{"),
    "a list": ("application/json", b"[1, 2]"),
    "a text": ("application/json", b'"hello"'),
    "null": ("application/json", b"null"),
    "NaN": ("application/json", b'{"amount": NaN}'),
    "endless nesting": ("application/json", b'{"items":' * 5000 + b"1" + b"}" * 5000),
    "endless lists": ("application/json", b'{"items":' + b"[" * 90000 + b"]" * 90000 + b"}"),
    "five thousand digits": ("application/json", b'{"amount": ' + b"9" * 5000 + b"}"),
    "a NUL": ("application/json", b'{"name": "a\\u0000b", "title": "a\\u0000b"}'),
    "a lone surrogate": ("application/json", b'{"name": "\\ud800", "email": "\\ud800"}'),
    "no UTF-8": ("application/json", b'{"name": "\xff\xfe"}'),
    "another media type": ("text/plain", b"name=Acme"),
    "XML": ("application/xml", b"<a/>"),
    "a broken form": ("multipart/form-data", b"--x"),
    "a form without end": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form"),
}


def row_counts() -> dict[str, int]:
    return {
        model._meta.db_table: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.db_table not in WRITTEN_ANYHOW
    }


def assert_envelope(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, answer.content[:300]
    body = json.loads(answer.content)
    assert body["success"] is False
    assert body["message"] == body["error"]
    assert body["message"]
    assert body["code"]


@pytest.mark.parametrize(("route", "method"), WRITES)
def test_garbage_is_refused_by_every_route(route: str, method: str, admin: User) -> None:
    client = signed_in(admin)
    before = row_counts()

    for content_type, body in GARBAGE.values():
        answer = client.generic(method.upper(), f"/api/{route}", body, content_type=content_type)

        assert answer.status_code < 500, body[:60]
        if route not in MAY_SUCCEED:
            assert_envelope(answer)
    assert row_counts() == before


def test_a_compressed_body_is_refused_by_its_name(as_admin: APIClient) -> None:
    body = gzip.compress(b'{"name": "Acme"}')
    answer = as_admin.generic(
        "POST",
        "/api/suppliers",
        body,
        content_type="application/json",
        HTTP_CONTENT_ENCODING="gzip",
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.json()["message"] == "The request body must not be compressed."


def test_a_body_of_more_than_a_megabyte_is_refused(as_admin: APIClient) -> None:
    body = b'{"note": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'

    for route, method in WRITES:
        answer = as_admin.generic(
            method.upper(), f"/api/{route}", body, content_type="application/json"
        )

        assert answer.status_code < 500, route
        if route not in ("auth/logout", "auth/refresh"):
            assert answer.status_code in (404, 413), (route, answer.content)


def test_options_that_are_no_preflight_are_not_offered(
    as_admin: APIClient, as_staff: APIClient
) -> None:
    for route in MATRIX:
        for client in (as_admin, as_staff):
            answer = client.options(f"/api/{route}")
            assert answer.status_code == 405, route
            assert_envelope(answer)


FIELDS = [
    "items",
    "product_id",
    "quantity",
    "unit_price",
    "price",
    "cost_price",
    "customer_id",
    "supplier_id",
    "sale_id",
    "amount",
    "method",
    "payments",
    "payment_method",
    "paid_amount",
    "discount",
    "tax",
    "total_amount",
    "subtotal",
    "note",
    "name",
    "email",
    "password",
    "sku",
    "brand_id",
    "category_id",
    "stock",
    "status",
    "role",
    "title",
    "category",
    "change_qty",
    "change_type",
    "reason",
    "rate",
    "is_active",
    "birthday",
    "phone",
    "image",
    "removeImage",
    "verify",
    "use_advance",
    "tax_rate_id",
    "pending_id",
    "restock",
    "purchase_date",
    "expense_date",
    "invoice_no",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.sampled_from([0, 1, -1, 1.5, 1e308, "NaN", "1e999999", "Infinity", "", " ", "٣", "1_000"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["x" * 5000, "2026-02-30", "0001-01-01", "cash", "active", "%", "' OR 1=1 --"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=8)


@pytest.mark.parametrize(("route", "method"), WRITES)
@examples(25)
@given(body=BODIES)
def test_no_body_makes_a_route_fail(
    route: str, method: str, admin: User, body: dict[str, Any]
) -> None:
    answer = signed_in(admin).generic(
        method.upper(),
        f"/api/{route}",
        json.dumps(body).encode(),
        content_type="application/json",
    )

    assert answer.status_code < 500, (body, answer.content)
    if answer.status_code >= 400:
        assert_envelope(answer)


QUERIES = [
    "page=-1&limit=x",
    "page=99999999999999999999&limit=99999999999999999999",
    "page=%00&limit=%FF",
    "search=%25_%00%F0%9F%92%A9'--",
    "search=" + "x" * 5000,
    "fromDate=0000-00-00",
    "fromDate=2026-02-01&toDate=2026-01-01",
    "toDate=99999-01-01",
    "sort=password&order=sideways",
    "category=x&brand=[]&stock=many&customer_id=1e9&supplier_id=-1&user_id=" + "9" * 30,
    "product_id=9223372036854775808&sale_id=0",
    "type=Nonsense&direction=up&method=" + "x" * 300,
    "status=" + "y" * 300 + "&role=%F0%9F%92%A9&hasDue=perhaps&due=maybe",
]


@pytest.mark.parametrize("route", READS)
def test_no_query_makes_a_list_fail(route: str, as_admin: APIClient) -> None:
    # The description and its page take no query, and cost as much as all else together.
    for query in QUERIES[:1] if route in ("schema", "docs") else QUERIES:
        answer = as_admin.get(f"/api/{route}?{query}")

        assert answer.status_code < 500, (query, answer.content)
        if answer.status_code >= 400:
            assert_envelope(answer)


@pytest.mark.parametrize(
    "path", ["/api/nowhere", "/api/", "/api/products/abc", "/api/sales/0", "/api/sales/-1"]
)
def test_a_path_that_is_none_is_answered_in_json(as_admin: APIClient, path: str) -> None:
    assert_envelope(as_admin.get(path))


def test_a_foreign_host_is_refused_in_json(as_admin: APIClient, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]

    assert_envelope(as_admin.get("/api/products", headers={"Host": "evil.example"}))


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer  ", "Bearer a.b.c", "Basic abc", "Bearer \u20ac", "x" * 9000]
)
def test_a_token_that_is_none_is_answered_401(db: None, header: str) -> None:
    answer = APIClient().get("/api/products", headers={"Authorization": header})

    assert_envelope(answer)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
