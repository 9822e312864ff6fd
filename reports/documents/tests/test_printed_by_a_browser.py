"""A receipt in a real browser: on the paper of a till, with its sign, its figures whole."""

import re
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Store
from pos_project.tests import shop
from pos_project.tests.browser.back_office import at_the_desk, needs_chromium
from reports.documents import links

pytestmark = [
    needs_chromium,
    pytest.mark.dear,
    pytest.mark.real_time,
    pytest.mark.django_db(transaction=True),
]

# Figures on several lines, or beyond the edge of the paper.
BROKEN = """() => {
  const edge = document.querySelector('main').getBoundingClientRect().right;
  return [...document.querySelectorAll('td.figure')].filter(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const lines = new Set([...range.getClientRects()].map(each => Math.round(each.bottom)));
    return lines.size > 1 || cell.getBoundingClientRect().right > edge;
  }).map(cell => cell.textContent);
}"""


@pytest.mark.parametrize("price", ["4.50", "99999987.99"])
def test_a_receipt_is_one_strip_of_the_roll(live_server: Any, price: str) -> None:
    Store.objects.update(name="রহিম স্টোর", address="7 Lake Road\nDhaka", receipt_footer="Thanks!")
    tea = shop.a_product(Decimal(price), name="Silicovolcanoconiosis" * 3)
    land = shop.a_product("12.00", name="স্বাস্থ্যসুরক্ষাব্যবস্থাপনা চা")
    for product in (tea, land):
        shop.stock(product, 9)
    sale = shop.sell((tea, 1), (land, 1), offered=shop.cash(10**8)).sale

    with at_the_desk(live_server.url) as office:
        office.page.goto(office.address + links.link("receipt", sale.pk))
        assert office.page.evaluate("document.fonts.ready.then(() => true)")
        assert office.page.evaluate("document.fonts.check('bold 12px \"Shop Bengali\"', '৳')")
        faces = "[...document.fonts].filter(face => face.status == 'loaded').length"
        assert office.page.evaluate(faces) == 2
        assert office.page.evaluate(BROKEN) == []
        printed = office.page.pdf(prefer_css_page_size=True)

    [size] = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)  # one page
    assert float(size[0]) == pytest.approx(80 / 25.4 * 72, abs=1)
