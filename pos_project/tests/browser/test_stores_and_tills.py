"""Goods between stores by scanner, and a till that is closed short: in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import User
from inventory.transfer_models import Transfer, TransferLine
from ledger.shifts import ShiftCount, close_shift, open_shift
from ledger.till_models import Shift
from ledger.tills import add_till
from pos_project.core.at_till import at_till
from pos_project.tests import shop, transfers
from pos_project.tests.browser.back_office import DARK, PHONE, Office, at_the_desk, needs_chromium

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]
LOOKS = [{}, DARK, PHONE, {**PHONE, **DARK}]
NAMES = ["light desk", "dark desk", "light phone", "dark phone"]


def scan(office: Office, *codes: str) -> None:
    """What a scanner does: it types each code and Enter, as quickly as it likes."""
    expect(office.page.locator("#scan")).to_be_focused()
    for code in codes:
        office.page.keyboard.type(code)
        office.page.keyboard.press("Enter")


@pytest.mark.parametrize("device", [{}, {**PHONE, **DARK}], ids=["desk", "dark phone"])
def test_a_transfer_is_sent_and_received_one_short_by_scanner(
    admin: User, live_server: Any, device: dict[str, Any], tmp_path: Path
) -> None:
    """Asked for, sent and received: no key is pressed in a line but for the reason."""
    lake = transfers.a_store()
    for name in ("Tea", "Salt"):
        shop.stock(shop.a_product(name=name, sku=name.upper()), 9)

    with at_the_desk(live_server.url, **device) as office:
        office.sign_in("admin@shop.example")
        office.page.goto(f"{office.address}/admin/inventory/transfer/add/")
        office.fill(from_store="1", to_store=str(lake.pk))
        office.page.locator("#scan").focus()
        scan(office, "tea", "SALT", "tea", "tea")
        expect(office.page.locator("#said")).to_have_text("Tea: 3")
        office.page.screenshot(path=tmp_path / "ask.png", full_page=True)
        assert office.overflow_px == 0
        office.press("Ask for them")
        office.reads("TRF-", "asked for")

        office.page.goto(office.page.url.replace("change", "send"))  # (a menu, on a phone)
        scan(office, "SALT", "TEA", "TEA", "TEA", "NO-SUCH")
        expect(office.page.get_by_role("alert")).to_have_text(
            "No product has the code NO-SUCH. It was not counted."
        )
        office.page.screenshot(path=tmp_path / "send.png", full_page=True)
        assert office.overflow_px == 0
        office.press("Send")
        office.reads("is on the way to Lake Road.")

        office.page.goto(office.page.url.replace("change", "receive"))
        scan(office, "TEA", "TEA", "SALT")
        expect(office.page.locator("#said")).to_have_text("Salt: 1")
        office.press("Receive")
        office.reads("Tea: 3 were sent. Say why it differs.")
        expect(office.page.locator("[name$=-received]").first).to_have_value("2")
        office.page.locator("[name$=-reason]").first.fill("One fell out")
        office.page.screenshot(path=tmp_path / "receive.png", full_page=True)
        assert office.overflow_px == 0
        office.press("Receive")
        office.reads("was received at Lake Road.", "1 short", "One fell out")
        office.page.screenshot(path=tmp_path / "detail.png", full_page=True)
        assert office.overflow_px == 0
        office.page.goto(f"{office.address}/admin/inventory/transfer/")
        office.page.screenshot(path=tmp_path / "list.png", full_page=True)
        assert office.overflow_px == 0

    transfer = Transfer.objects.get()
    assert transfer.status == "received"
    came = TransferLine.objects.filter(transfer=transfer).order_by("id")
    assert list(came.values_list("sent", "received")) == [(3, 2), (1, 1)]
    assert transfers.stock_of(lake.pk) == {"Tea": 2, "Salt": 1}


def test_a_product_of_no_line_is_refused_aloud_and_all_is_filled_at_once(
    admin: User, live_server: Any
) -> None:
    lake = transfers.a_store()
    tea, salt = shop.a_product(name="Tea", sku="TEA"), shop.a_product(name="Salt", sku="SALT")
    shop.stock(tea, 9)
    shop.stock(salt, 9)
    transfer = transfers.asked(lake, (tea, 3))

    with at_the_desk(live_server.url) as office:
        office.sign_in("admin@shop.example")
        office.page.goto(f"{office.address}/admin/inventory/transfer/{transfer.pk}/change/")
        office.press("Send")
        scan(office, "SALT")
        expect(office.page.get_by_role("alert")).to_have_text(
            "Salt is not in this transfer. It was not counted."
        )
        assert office.page.locator("#counts tbody tr").count() == 1
        office.press("All as asked for")
        expect(office.page.locator("[name$=-quantity]")).to_have_value("3")
        office.press("Send")
        office.reads("is on the way to Lake Road.")
    assert transfers.stock_of(1) == {"Tea": 6, "Salt": 9}


def test_a_shift_is_closed_fifty_short(manager: User, live_server: Any, tmp_path: Path) -> None:
    till = add_till("Front desk", store_id=manager.store_id)
    tea = shop.a_product("100", name="Tea")
    shop.stock(tea, 9)
    shift = open_shift(till.pk, Decimal(200), by=manager)
    with at_till(till.pk):
        shop.sell((tea, 3), by=manager, offered=shop.cash(300))

    with at_the_desk(live_server.url) as office:
        office.sign_in()
        office.open("Shifts")
        office.page.locator("#result_list a[href*='/change/']:visible").first.click()
        office.press("Count and close")
        office.page.screenshot(path=tmp_path / "close.png", full_page=True)
        office.fill(counted="450")
        office.press("Close the shift")
        office.reads("Z 1: 450.00 counted, 50.00 short.")
        office.page.screenshot(path=tmp_path / "shift.png", full_page=True)

    shift.refresh_from_db()
    assert (shift.z_number, shift.difference) == (1, Decimal(-50))


@contextmanager
def _papers(manager: User) -> Iterator[dict[str, str]]:
    """An X report, a Z report that is 50 short, and the note of goods that came short."""
    tills = [add_till(name, store_id=manager.store_id) for name in ("Front desk", "Back door")]
    tea = shop.a_product("100", name="Darjeeling tea, first flush, 250 g", sku="TEA-250")
    salt = shop.a_product("2", name="Salt", sku="SALT")
    shop.buy((tea, 99, "60"), (salt, 99, "1"))
    for till in tills:
        open_shift(till.pk, Decimal(200), by=manager)
        with at_till(till.pk):
            for count in (1, 2):
                shop.sell((tea, count), by=manager, offered=shop.cash(count * 100))
    closed, still_open = Shift.objects.order_by("id")
    count = ShiftCount(Decimal(450), {"100": 4, "50": 1}, reason="Wrong change, perhaps")
    close_shift(closed.pk, count, by=manager)
    lake = transfers.a_store()
    note = transfers.received(transfers.sent(lake, (tea, 12), (salt, 40)), (11, 1), (42, 0))
    yield {
        "x": f"/admin/papers/shift/{still_open.pk}",
        "z": f"/admin/papers/shift/{closed.pk}",
        "note": f"/admin/papers/transfer/{note.pk}",
    }


@pytest.mark.parametrize("device", LOOKS, ids=NAMES)
def test_papers_of_tills_and_transfers_fit_every_screen(
    manager: User, live_server: Any, device: dict[str, Any], tmp_path: Path
) -> None:
    with _papers(manager) as papers, at_the_desk(live_server.url, **device) as office:
        office.sign_in()
        for name, address in papers.items():
            office.page.goto(f"{office.address}{address}")
            office.reads({"x": "X report", "z": "Z report", "note": "Transfer note"}[name])
            office.page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
            assert office.overflow_px == 0
        office.reads("12", "11", "As counted")
