"""`make screenshots`: the pages a customer is shown first, light and dark, on desktop and phone.

The demo shop is seeded into a database of its own in the folder of the pictures, once, and served
as `make serve` serves it. `SHOWN` goes into the documents; the rest is there to be looked at.
"""

import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from PIL import Image

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
SHOWN = {
    "home-light-desktop": "home.png",
    "home-light-phone": "home-phone.png",
    "profit-light-desktop": "profit-loss.png",
    "sellers-light-desktop": "best-sellers.png",
    "cash-light-desktop": "count-cash.png",
}
LATEST = "#result_list tbody a[href*='/change/']:visible"
# name → the list it is in, and whether its first row is opened
PAGES = {
    "home": ("", False),
    "products": ("catalog/product/", False),
    "product": ("catalog/product/", True),
    "customers": ("sales/customer/?owes=yes", False),
    "customer": ("sales/customer/?owes=yes&o=-5", True),
    "sales": ("sales/sale/", False),
    "sale": ("sales/sale/?due=open", True),
    "profit": ("reports/profit-loss/?range=last_month", False),
    "sellers": ("reports/best-sellers/?range=last_month", False),
    "cash": ("ledger/dayseal/count/", False),
    "purchase": ("purchasing/purchase/add/", False),
    "audit": ("accounts/auditentry/", False),
    "change": ("accounts/auditentry/?q=TS-001", True),
}


def take(folder: Path, *, only: str = "") -> Iterator[Path]:
    """Write the pictures whose names have this text; one after the other, as they are taken."""
    from pos_project.tests.browser.back_office import DARK, PHONE, at_the_desk
    from pos_project.tests.servers import serving

    shop = {"SQLITE_PATH": str(folder / "demo.sqlite3"), "DB_HOST": "", "MEDIA_ROOT": str(folder)}
    for command in (["migrate", "--verbosity", "0"], ["seed_demo"]):
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]
        subprocess.run(manage, check=True, env={**os.environ, **shop})
    looks: list[tuple[str, dict[str, Any]]] = [
        (f"{light}-{screen}", {**device, **how})
        for light, how in (("light", {}), ("dark", DARK))
        for screen, device in (("desktop", DESKTOP), ("phone", PHONE))
    ]
    with serving(folder / "server.log", **shop) as server:
        for look, device in looks:
            names = [name for name in PAGES if only in f"{name}-{look}"]
            if not names:
                continue
            with at_the_desk(server.base_url, **device) as office:
                office.sign_in("manager@gmail.com", "manager123")
                if look == looks[0][0]:
                    _change_a_price(office)
                for name in names:
                    address, is_row = PAGES[name]
                    office.page.goto(f"{server.base_url}/admin/{address}")
                    if is_row:
                        office.page.locator(LATEST).first.click()
                    office.page.wait_for_load_state("networkidle")
                    picture = folder / f"{name}-{look}.png"
                    office.page.screenshot(path=picture, animations="disabled")
                    yield picture


def _change_a_price(office: Any) -> None:
    """So that somebody did something that the audit can show."""
    office.page.goto(f"{office.address}/admin/catalog/product/?q=TS-001")
    office.page.locator(LATEST).first.click()
    price = Decimal(office.page.locator("[name=price]").input_value())
    office.fill(price=str(price + Decimal("0.50")))
    office.press("Save")
    office.reads("was changed successfully")


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "screenshots")
    parser.add_argument("--only", default="", metavar="TEXT", help="pictures with this text")
    asked = parser.parse_args()
    asked.to.mkdir(exist_ok=True)
    for picture in take(asked.to, only=asked.only):
        print(picture)  # noqa: T201  (says what it made)
        if picture.stem in SHOWN:
            shown = settings.BASE_DIR / "docs/screenshots" / SHOWN[picture.stem]
            Image.open(picture).quantize(128).save(shown, optimize=True)  # a third of the size


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pos_project.settings")
    django.setup()
    main()
