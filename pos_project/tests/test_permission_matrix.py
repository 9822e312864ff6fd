"""Who may call what: one row per route and method, and no route without a row."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from accounts.models import User
from conftest import signed_in

PUBLIC, ANYONE, SHOP, ADMIN = "public", "any user", "admin, staff", "admin"
BOOKS = "admin, manager"  # those who keep the books

# Route → method → who may call it (docs/api.md §7). `ADMIN` lets managers read.
MATRIX: dict[str, dict[str, str]] = {
    "auth/login": {"post": PUBLIC},
    "auth/logout": {"post": PUBLIC},
    "auth/refresh": {"post": PUBLIC},
    "auth/verify": {"get": PUBLIC},
    "brands": {"get": SHOP, "post": SHOP},
    "brands/1": {"put": SHOP, "delete": SHOP},
    "cart": {"get": ANYONE, "delete": ANYONE},
    "cart/checkout": {"post": ANYONE},
    "cart/items": {"post": ANYONE},
    "cart/items/1": {"put": ANYONE, "delete": ANYONE},
    "categories": {"get": SHOP, "post": SHOP},
    "categories/1": {"put": SHOP, "delete": SHOP},
    "customers": {"get": SHOP, "post": SHOP},
    "customers/1/advance-payback": {"post": SHOP},
    "customers/1": {"put": SHOP, "delete": SHOP},
    "customers/1/credits": {"post": BOOKS},
    "customers/1/details": {"get": SHOP},
    "customers/1/dues": {"get": ANYONE, "post": ANYONE},
    "customers/1/opening-dues": {"post": BOOKS},
    "customers/1/payments": {"get": ANYONE},
    "customers/1/products_summary": {"get": ANYONE},
    "customers/1/purchased_products": {"get": ANYONE},
    "customers/1/purchased_products/1": {"get": ANYONE},
    "customers/1/sales/1/items": {"get": ANYONE},
    "customers/1/transactions": {"get": ANYONE},
    "customers/1/transactions/summary": {"get": ANYONE},
    "dashboard/customer-analysis": {"get": ADMIN},
    "dashboard/customer-analysis/comprehensive": {"get": ADMIN},
    "dashboard/daily-trends": {"get": ADMIN},
    "dashboard/financial-analysis": {"get": ADMIN},
    "dashboard/financial-summary": {"get": ADMIN},
    "dashboard/inventory/alerts": {"get": ADMIN},
    "dashboard/inventory/detailed": {"get": ADMIN},
    "dashboard/inventory/movement": {"get": ADMIN},
    "dashboard/inventory/reorder-recommendations": {"get": ADMIN},
    "dashboard/inventory/valuation": {"get": ADMIN},
    "dashboard/main": {"get": SHOP},
    "dashboard/payment-breakdown": {"get": ADMIN},
    "dashboard/product-analysis": {"get": ADMIN},
    "dashboard/profit-loss": {"get": ADMIN},
    "dashboard/staff-performance": {"get": ADMIN},
    "dashboard/tax-summary": {"get": ADMIN},
    "dashboard/top-products": {"get": ADMIN},
    "dashboard/transactions": {"get": ADMIN},
    "docs": {"get": PUBLIC},
    "expenses": {"get": ANYONE, "post": ANYONE},
    "expenses/1/reverse": {"post": BOOKS},
    "expenses/repeating": {"get": BOOKS},
    "expenses/repeating/1": {"delete": BOOKS},
    "inventory": {"get": ANYONE, "post": ANYONE},
    "inventory/1": {"delete": ANYONE},
    "ledger/accounts": {"get": BOOKS, "post": BOOKS},
    "ledger/accounts/1": {"put": BOOKS},
    "ledger/balance-sheet": {"get": ADMIN},
    "ledger/cash-counts": {"get": BOOKS, "post": BOOKS},
    "ledger/cash-counts/expected": {"get": BOOKS},
    "ledger/customers/1/statement": {"get": ADMIN},
    "ledger/due-credits": {"get": BOOKS},
    "ledger/due-credits/1/reverse": {"post": BOOKS},
    "ledger/entries": {"get": BOOKS, "post": BOOKS},
    "ledger/entries/1": {"get": BOOKS},
    "ledger/entries/1/reverse": {"post": BOOKS},
    "ledger/general-ledger/1": {"get": ADMIN},
    "ledger/money-moves": {"post": BOOKS},
    "ledger/opening-balances": {"post": BOOKS},
    "ledger/payables": {"get": ADMIN},
    "ledger/payables-ageing": {"get": ADMIN},
    "ledger/period-lock": {"get": BOOKS, "post": BOOKS},
    "ledger/cash-flow": {"get": ADMIN},
    "ledger/profit-loss": {"get": ADMIN},
    "ledger/receivables": {"get": ADMIN},
    "ledger/receivables-ageing": {"get": ADMIN},
    "ledger/stock": {"get": ADMIN},
    "ledger/suppliers/1/statement": {"get": ADMIN},
    "ledger/tax": {"get": ADMIN},
    "ledger/trial-balance": {"get": ADMIN},
    "ledger/year-end": {"post": BOOKS},
    "payments": {"get": ADMIN},
    "payments/1/reverse": {"post": BOOKS},
    "products": {"get": SHOP, "post": SHOP},
    "products/1": {"get": SHOP, "put": SHOP, "delete": SHOP},
    "purchase": {"get": ANYONE, "post": ANYONE},
    "purchase/1/returns": {"post": BOOKS},
    "purchase/1/reverse": {"post": BOOKS},
    "purchase/1/papers": {"get": ANYONE},
    "refunds": {"get": SHOP, "post": SHOP},
    "refunds/1": {"get": SHOP},
    "sales": {"get": ANYONE},
    "sales/1": {"get": ANYONE},
    "sales/1/explain": {"get": ANYONE},
    "sales/1/papers": {"get": ANYONE},
    "sales/1/refunds": {"get": SHOP},
    "sales/checkout": {"post": ANYONE},
    "sales/complete_pending": {"post": ANYONE},
    "sales/pending": {"get": ANYONE, "post": ANYONE},
    "sales/pending/1": {"delete": ANYONE},
    "schema": {"get": PUBLIC},
    "shifts": {"get": ANYONE, "post": ANYONE},
    "shifts/1": {"get": ANYONE},
    "shifts/1/close": {"post": ANYONE},
    "shifts/1/movements": {"post": ANYONE},
    "shifts/1/papers": {"get": ANYONE},
    "shifts/1/report": {"get": ANYONE},
    "stores": {"get": SHOP, "post": ADMIN},
    "stores/1": {"get": SHOP, "put": ADMIN},
    "stores/1/products": {"get": SHOP, "post": SHOP},
    "transfers/suggestions": {"get": SHOP, "post": SHOP},
    "suppliers": {"get": SHOP, "post": ADMIN},
    "suppliers/1": {"put": ADMIN, "delete": ADMIN},
    "suppliers/1/advance-payback": {"post": SHOP},
    "suppliers/1/credits": {"post": BOOKS},
    "suppliers/1/details": {"get": ANYONE},
    "suppliers/1/due-payment": {"post": ANYONE},
    "suppliers/1/dues": {"get": ANYONE},
    "suppliers/1/opening-dues": {"post": BOOKS},
    "suppliers/1/payments": {"get": ANYONE},
    "suppliers/1/products": {"get": ANYONE},
    "suppliers/1/products_summary": {"get": ANYONE},
    "suppliers/1/purchases/1/items": {"get": ANYONE},
    "suppliers/1/supplied/1": {"get": ANYONE},
    "suppliers/1/transactions": {"get": ANYONE},
    "suppliers/1/transactions/summary": {"get": ANYONE},
    "tills": {"get": ANYONE, "post": BOOKS},
    "tills/1": {"put": BOOKS, "delete": BOOKS},
    "tax-rates": {"get": SHOP, "post": ADMIN},
    "tax-rates/1": {"put": ADMIN, "delete": ADMIN},
    "transfers": {"get": ANYONE, "post": ANYONE},
    "transfers/1": {"get": ANYONE},
    "transfers/1/cancel": {"post": ANYONE},
    "transfers/1/papers": {"get": ANYONE},
    "transfers/1/receive": {"post": ANYONE},
    "transfers/1/send": {"post": ANYONE},
    "transfers/1/turn-back": {"post": ANYONE},
    "users": {"get": ADMIN, "post": ADMIN},
    "users/1": {"get": ADMIN, "put": ADMIN, "delete": ADMIN},
    "users/1/performance": {"get": ADMIN},
    "users/1/summary": {"get": ADMIN},
    "users/1/transactions": {"get": ADMIN},
    "users/1/transactions/summary": {"get": ADMIN},
    "users/me": {"get": SHOP},
    "users/me/pin": {"put": BOOKS},
    "users/me/performance": {"get": SHOP},
    "users/me/summary": {"get": SHOP},
    "users/me/transactions": {"get": SHOP},
    "users/me/transactions/summary": {"get": SHOP},
}
SAID = {401: "Authentication required", 403: "Access denied", 405: "Method not allowed"}
METHODS = ("get", "post", "put", "patch", "delete")


def api_routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """Every route below `/api`, with 1 for each id."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from api_routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("api/"):
            plain = re.sub(r"\(\?P<\w+>\[\^/\]\+\)|<\w+:\w+>", "1", route.removeprefix("api/"))
            yield re.sub(r"\^|\$|\\Z", "", plain)


def test_every_route_has_a_row_in_the_matrix() -> None:
    assert set(api_routes(get_resolver().url_patterns)) == set(MATRIX)


@pytest.mark.parametrize("route", sorted(MATRIX))
def test_only_those_named_may_call(route: str, admin: User, manager: User, staff: User) -> None:
    """Whoever may not gets 401 or 403, whoever may gets neither; 405 where there is no method."""
    clients = {
        "nobody": APIClient(),
        **{user.role: signed_in(user) for user in (staff, manager, admin)},
    }
    for method in METHODS:
        public = PUBLIC in MATRIX[route].values()
        answers = {}
        for who, client in clients.items():
            answer = getattr(client, method)(f"/api/{route}", {})
            answers[who] = answer.status_code
            if not public:
                _says_so(answer)
        auth = MATRIX[route].get(method)
        if auth is None:
            assert answers.pop("nobody") == (405 if public else 401), method
            assert set(answers.values()) == {405}, (method, answers)
        else:
            _are_only_those_named(answers, auth, method)


def _says_so(answer: Any) -> None:
    if answer.status_code in SAID:
        said = answer.json()
        assert said["message"] == said["error"] == SAID[answer.status_code]
        assert (answer.status_code == 401) == ("WWW-Authenticate" in answer)


def _are_only_those_named(answers: dict[str, int], auth: str, method: str) -> None:
    allowed = {
        PUBLIC: {"nobody", "staff", "manager", "admin"},
        ANYONE: {"staff", "manager", "admin"},
        SHOP: {"staff", "manager", "admin"},
        BOOKS: {"manager", "admin"},
        ADMIN: {"manager", "admin"} if method == "get" else {"admin"},
    }[auth]
    for who, answer in answers.items():
        if who in allowed:
            # The public sign-in routes answer 401 to an empty request on their own account.
            wrong = (403, 405) if auth == PUBLIC else (401, 403, 405)
            assert answer not in wrong, (method, who, answer)
        else:
            assert answer == (401 if who == "nobody" else 403), (method, who, answer)
