"""A shop's first day, told through the API: each operation once, for the examples of the
description (`pos_project/core/http/examples.json`; `make examples` records them anew)."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Store
from conftest import make_user, signed_in

FILE = Path(__file__).parents[1] / "core" / "http" / "examples.json"
TODAY, YESTERDAY, TOMORROW = "2026-08-12", "2026-08-11", "2026-08-13"
NOON = datetime.fromisoformat(f"{TODAY}T12:00:00+06:00").astimezone(UTC)
ROWS = 2  # of each list: an example is read by people
PASSWORD = "a-good-password"
# What is another one each time.
MASKS = {
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+": "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoxfQ.c2lnbmF0dXJl",
    r"http://testserver/papers/[\w:-]+": "https://shop.example/papers/WyJyZWNlaXB0IiwxXQ",
}


def cut(value: Any) -> Any:
    """Its first rows, without what is another one each time."""
    if isinstance(value, list):
        return [cut(each) for each in value[:ROWS]]
    if isinstance(value, dict):
        timed = {"execution_time_ms": 12} if "execution_time_ms" in value else {}
        return {**{key: cut(each) for key, each in value.items()}, **timed}
    if isinstance(value, str):
        for pattern, instead in MASKS.items():
            value = re.sub(pattern, instead, value)
    return value


class Day:
    """Asks, and writes down what was asked and answered by the operation's name."""

    def __init__(self, description: dict[str, Any]) -> None:
        self.recorded: dict[str, dict[str, Any]] = {}
        self._operations = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operations)
            for path, operations in sorted(
                description["paths"].items(), key=lambda item: item[0].count("{")
            )
        ]
        self.client = signed_in(make_user("admin", name="Amina", password=PASSWORD))

    def ask(
        self, method: str, path: str, body: Any = None, *, of: APIClient | None = None
    ) -> dict[str, Any]:
        path = path if path.startswith("/") else f"/api/{path}"
        answer = getattr(of or self.client, method)(path, body)
        assert answer.status_code in (200, 201), (method, path, answer.content)
        found: dict[str, Any] = json.loads(answer.content)
        bare = path.partition("?")[0]
        operations = next(each for name, each in self._operations if name.fullmatch(bare))
        kept = {"request": body} if body is not None else {}
        name = operations[method]["operationId"]
        self.recorded.setdefault(name, {**kept, "answer": cut(found)})
        return found

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        return self.ask("post", path, body)

    def put(self, path: str, body: Any) -> dict[str, Any]:
        return self.ask("put", path, body)

    def delete(self, path: str) -> dict[str, Any]:
        return self.ask("delete", path)

    def get(self, path: str) -> dict[str, Any]:
        return self.ask("get", path)


def record(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What each operation was asked and answered, by its name."""
    with time_machine.travel(NOON, tick=False):
        # `migrate` made it, whenever that was.
        Store.objects.filter(pk=Store.FIRST_ID).update(created_at=timezone.now())
        day = Day(description)
        _sign_in(day)
        _fill_the_catalogue(day)
        _receive_and_count(day)
        _sell(day)
        _settle(day)
        _keep_the_books(day)
        _work_a_shift(day)
        _look_at_everything(day, description)
        _clear_away(day)
    return {name: day.recorded[name] for name in sorted(day.recorded)}


def _sign_in(day: Day) -> None:
    browser = APIClient()
    day.ask("post", "auth/login", {"email": "admin@shop.example", "password": PASSWORD}, of=browser)
    day.ask("post", "auth/refresh", of=browser)
    day.ask("post", "auth/logout", of=browser)
    day.post(
        "users",
        {
            "name": "Rahima Begum",
            "email": "rahima@shop.example",
            "password": PASSWORD,
            "role": "staff",
            "phone": "+8801712345678",
        },
    )
    [link] = re.findall(r"token=(\S+)", str(mail.outbox[-1].body))
    day.ask("get", f"auth/verify?token={link}", of=browser)
    day.put("users/2", {"city": "Dhaka"})
    day.put("users/me/pin", {"password": PASSWORD, "pin": "271828"})


def _fill_the_catalogue(day: Day) -> None:
    day.post("brands", {"name": "Sylhet Leaf", "description": "Tea from Sylhet"})
    day.put("brands/1", {"name": "Sylhet Leaf", "description": "Tea from the gardens of Sylhet"})
    category = day.post("categories", {"name": "Tea"})["data"]["id"]
    day.put(f"categories/{category}", {"name": "Tea and coffee"})
    day.post("tax-rates", {"name": "VAT 15 %", "rate": 15})
    day.put("tax-rates/1", {"name": "VAT", "rate": 15})
    day.post(
        "products",
        {
            **{"name": "Green tea 200 g", "sku": "TEA-G-200", "price": 250, "brand_id": 1},
            **{"category_id": category, "stock": 20, "cost_price": 160},
        },
    )
    day.put("products/1", {"price": 260})
    day.post("products", {"name": "Tea mug", "sku": "MUG-1", "price": 180})


def _receive_and_count(day: Day) -> None:
    day.post("suppliers", {"name": "Delta Traders", "phone": "+8801912345678"})
    day.put("suppliers/1", {"email": "orders@delta.example"})
    lines = [
        {"product_id": 1, "quantity": 30, "cost_price": 165},
        {"product_id": 2, "quantity": 24, "cost_price": 90},
    ]
    bought = {"supplier_id": 1, "invoice_no": "DT-1042", "items": lines}
    day.post("purchase", {**bought, "paid_amount": 3000, "payment_method": "cash"})
    wrong = day.post("purchase", {"supplier_id": 1, "items": lines[1:]})
    day.post(f"purchase/{wrong['purchase_id']}/reverse", {"reason": "Entered twice"})
    line = {"product_id": 1, "quantity": 3, "line_total": 500}
    paper = {"supplier_id": 1, "items": [line], "freight": 20, "tax": 78}
    paper_id = day.post("purchase", paper)["purchase_id"]
    [torn] = day.ask("get", f"suppliers/1/purchases/{paper_id}/items")["data"]
    back = {"items": [{"purchase_item_id": torn["id"], "quantity": 1}], "reason": "Torn bag"}
    day.post(f"purchase/{paper_id}/returns", back)
    miscounted = {"product_id": 2, "change_qty": -2, "reason": "Two broken"}
    movement = day.post("inventory", miscounted)["data"]["id"]
    day.delete(f"inventory/{movement}")


def _sell(day: Day) -> None:
    day.post("customers", {"name": "Rahim Uddin", "phone": "+8801812345678"})
    day.put("customers/1", {"notes": "Pays on Fridays"})
    day.post("cart/items", {"product_id": 1, "quantity": 2})
    day.put("cart/items/1", {"quantity": 3})
    day.get("cart")
    day.delete("cart/items/1")
    day.post("cart/items", {"product_id": 2, "quantity": 1})
    day.delete("cart")
    day.post("cart/items", {"product_id": 2, "quantity": 1})
    day.post("cart/checkout", {"payment_method": "cash", "paid_amount": 200})
    day.post(
        "sales/checkout",
        {
            "items": [{"product_id": 1, "quantity": 4}, {"product_id": 2, "quantity": 1}],
            **{"customer_id": 1, "tax_rate_id": 1, "discount": 20},
            **{"payment_method": "cash", "paid_amount": 800},
        },
    )
    kept = {"items": [{"product_id": 1, "quantity": 1}], "customer_id": 1}
    held = day.post("sales/pending", kept)["sale_id"]
    given_up = day.post("sales/pending", kept)["sale_id"]
    day.delete(f"sales/pending/{given_up}")
    paid = {"payments": [{"method": "cash", "amount": 60}, {"method": "card", "amount": 200}]}
    day.post("sales/complete_pending", {"pending_id": held, **paid})
    day.post(
        "refunds",
        {
            "sale_id": 2,
            "items": [{"product_id": 1, "quantity": 1}],
            **{"refund_method": "cash", "reason": "Wrong tea"},
        },
    )
    day.post("sales/pending", kept)


def _settle(day: Day) -> None:
    day.post("customers/1/dues", {"amount": 500, "method": "cash", "note": "Friday"})
    day.post("customers/1/advance-payback", {"amount": 50, "method": "cash"})
    day.post("suppliers/1/due-payment", {"amount": 100, "method": "bkash"})
    newest = day.get("payments")["data"][0]["id"]
    day.post(f"payments/{newest}/reverse", {"reason": "Paid from the wrong account"})
    day.post("suppliers/1/due-payment", {"amount": 6000, "method": "bkash"})
    day.post("suppliers/1/advance-payback", {"amount": 100, "method": "bkash"})
    spent = {"title": "Rent", "amount": 900, "category": "Rent", "payment_method": "bkash"}
    day.post("expenses", spent)
    day.post("expenses/1/reverse", {"reason": "Belongs to next month"})
    day.post("expenses", {**spent, "title": "Electricity", "category": "Utilities", "amount": 150})
    day.post("expenses", {**spent, "title": "Line", "amount": 40, "repeats": True})
    day.get("expenses/repeating")
    day.delete("expenses/repeating/1")


def _keep_the_books(day: Day) -> None:
    day.post(
        "ledger/opening-balances",
        {"entry_date": TODAY, "balances": [{"account": "CASH", "debit": 5000}]},
    )
    for party in ("customers", "suppliers"):
        due = {"amount": 300, "reference": "Old book, page 7", "dated": "2026-06-30"}
        day.post(f"{party}/1/opening-dues", due)
        allowed = {"kind": "allowance", "amount": 20, "reason": "Two sacks were damp"}
        credit = day.post(f"{party}/1/credits", allowed)["data"][0]["id"]
    day.post(f"ledger/due-credits/{credit}/reverse", {"reason": "They were not ours"})
    arrived = {"kind": "arrival", "amount": 500, "fee": 7.5, "from_account": "BKASH"}
    day.post("ledger/money-moves", {**arrived, "reference": "Statement 32"})
    earned = [{"account": "CASH", "debit": 80}, {"account": "OTHER_INCOME", "credit": 80}]
    day.post("ledger/entries", {"memo": "Boxes sold", "lines": earned, "entry_date": YESTERDAY})
    day.post("ledger/year-end", {"through": YESTERDAY, "note": "The shop's year"})
    day.post("ledger/accounts", {"number": "5300", "name": "Cleaning", "kind": "expense"})
    day.put("ledger/accounts/CLEANING", {"name": "Cleaning and repairs"})
    lines = [{"account": "BANK", "debit": 2000}, {"account": "CASH", "credit": 2000}]
    entry = {"memo": "Takings brought to the bank", "lines": lines}
    posted = day.post("ledger/entries", entry)["data"]["id"]
    day.get(f"ledger/entries/{posted}")
    day.post(f"ledger/entries/{posted}/reverse", {"reason": "Brought tomorrow"})
    day.post("ledger/period-lock", {"locked_through": "2026-07-31", "reason": "July is done"})
    expected = day.get("ledger/cash-counts/expected")["data"]["expected"]
    day.post(
        "ledger/cash-counts",
        {"counted": expected - 5, "reason": "Change given wrongly", "banked": 0},
    )


def _work_a_shift(day: Day) -> None:
    till = day.post("tills", {"name": "Front"})["data"]["id"]
    day.put(f"tills/{till}", {"name": "Front till"})
    shift = day.post("shifts", {"till_id": till, "opening_float": 200})["data"]["id"]
    day.post("expenses", {"title": "Tea", "amount": 20, "till_id": till})
    moved = {"kind": "from_bank", "amount": 100, "reason": "Small notes"}
    day.post(f"shifts/{shift}/movements", moved)
    day.get(f"shifts/{shift}/report")
    notes = {"100": 2, "50": 1, "20": 1, "5": 1}
    day.post(f"shifts/{shift}/close", {"denominations": notes, "reason": "A coin fell"})


def _look_at_everything(day: Day, description: dict[str, Any]) -> None:
    ids = {"sale": 2, "product": 1, "held": 0, "account": "CASH", "code": "CASH"}
    for path, operations in description["paths"].items():
        if "get" not in operations or operations["get"]["operationId"] in day.recorded:
            continue
        if path.startswith("/api/transfers"):  # looked at once there is another store
            continue
        day.get(re.sub(r"\{(\w+)\}", lambda found: str(ids.get(found[1], 1)), path))


def _clear_away(day: Day) -> None:
    for path in ("brands", "categories", "tax-rates"):
        spare = day.post(path, {"name": "Spare", **({"rate": 5} if path == "tax-rates" else {})})
        day.delete(f"{path}/{spare['data']['id']}")
    day.post("products", {"name": "Spare", "sku": "SPARE", "price": 1})
    day.delete("products/3")
    day.post("customers", {"name": "Spare"})
    day.delete("customers/2")
    day.post("suppliers", {"name": "Spare"})
    day.delete("suppliers/2")
    day.delete("users/2")
    day.post("tills", {"name": "Spare"})
    day.delete("tills/2")
    # Last: with a second store, answers about people name theirs.
    shelf = {"product_id": 1, "reorder_level": 6, "reorder_quantity": 12, "place": "A-03-2"}
    day.post("stores/1/products", {"products": [shelf]})
    day.get("stores/1/products?sort=place&order=asc")
    day.post("stores", {"name": "Depot", "kind": "warehouse", "address": "2 Quay Road"})
    day.put("stores/2", {"address": "4 Quay Road", "status": "closed"})
    day.post("stores", {"name": "Lake Road"})
    _send_goods(day)


def _send_goods(day: Day) -> None:
    goods, left = [{"product_id": 1, "quantity": 3}], [{"product_id": 1, "quantity": 1}]
    there = {"from_store_id": 1, "to_store_id": 3}
    asked = day.post("transfers", {**there, "items": goods, "note": "For Friday"})["data"]
    line = asked["items"][0]["id"]
    sent = {"items": [{"id": line, "quantity": 2}]}
    day.post(f"transfers/{asked['id']}/send", sent)
    came = {"id": line, "received": 2, "damaged": 1, "reason": "A torn sleeve"}
    day.post(f"transfers/{asked['id']}/receive?store_id=3", {"items": [came]})
    turned = day.post("transfers", {**there, "items": left, "send": True})["data"]["id"]
    day.post(f"transfers/{turned}/turn-back", {"reason": "Nobody wants it"})
    day.post(f"transfers/{turned}/receive")
    spare = day.post("transfers", {**there, "items": left})["data"]["id"]
    day.post(f"transfers/{spare}/cancel", {"reason": "None left"})
    day.get(f"transfers/{asked['id']}")
    day.get(f"transfers/{asked['id']}/papers")
    day.get("transfers?status=received")
    day.get("transfers/suggestions?to_store_id=3")
    wanted = {"to_store_id": 3, "product_id": 1, "quantity": 4}
    day.post("transfers/suggestions", {"from_store_id": 1, "items": [wanted]})
