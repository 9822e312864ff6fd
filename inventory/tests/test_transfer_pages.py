"""Transfers in the back office: asked for, sent and received on pages, each by its use case."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Store, User
from catalog.models import Product
from conftest import at_the_office, make_user, signed_in
from inventory.products import change_product
from inventory.transfer_models import Transfer
from pos_project.core.images.pictures import PictureChange
from pos_project.tests import shop, transfers
from pos_project.tests.page_forms import form_of

pytestmark = pytest.mark.django_db

LIST = reverse("admin:inventory_transfer_changelist")
ADD = reverse("admin:inventory_transfer_add")


@pytest.fixture
def lake() -> Store:
    return transfers.a_store()


@pytest.fixture
def office(lake: Store, admin: User) -> Client:
    return at_the_office(admin)


def page(transfer: Transfer, what: str = "change") -> str:
    return reverse(f"admin:inventory_transfer_{what}", args=[transfer.pk])


def fill(office: Client, url: str, fields: dict[str, Any]) -> Any:
    """The form of a page, filled and sent; where it goes on, or the page with what is wrong."""
    return office.post(url, {**form_of(office.get(url)), **fields})


def lines(transfer: Transfer, **columns: list[Any]) -> dict[str, Any]:
    """What is entered in the lines of a transfer, by column."""
    keys = [line.pk for line in transfer.lines.order_by("id")]
    return {
        f"{key}-{name}": value
        for name, values in columns.items()
        for key, value in zip(keys, values, strict=True)
    }


def now(transfer: Transfer) -> Transfer:
    return Transfer.objects.get(pk=transfer.pk)


def ask(office: Client, lake: Store, *units: tuple[str, int], **more: Any) -> Any:
    asked = {"from_store": 1, "to_store": lake.pk, "form-TOTAL_FORMS": len(units), **more}
    for place, (sku, count) in enumerate(units):
        asked |= {f"form-{place}-sku": sku, f"form-{place}-counted": count}
    return fill(office, ADD, asked)


def test_goods_are_asked_for_by_sku_or_barcode(office: Client, lake: Store) -> None:
    shop.a_product(name="Tea", sku="TEA")
    salt = shop.a_product(name="Salt", sku="SALT")
    change_product(salt.pk, {"barcodes": "4006381333931"}, picture=PictureChange())
    answer = ask(office, lake, ("tea", 3), ("4006381333931", 2), note="For Monday")

    transfer = Transfer.objects.get()
    assert answer.url == page(transfer)
    assert (transfer.status, transfer.note) == ("asked", "For Monday")
    assert (transfer.from_store_id, transfer.to_store_id) == (1, lake.pk)
    wanted = transfer.lines.order_by("id").values_list("product_name", "asked")
    assert list(wanted) == [("Tea", 3), ("Salt", 2)]


def test_what_is_not_in_stock_there_is_said_and_asked_for_all_the_same(
    office: Client, lake: Store
) -> None:
    shop.buy((shop.a_product(name="Tea", sku="TEA"), 5, "2"))
    shop.a_product(name="Salt", sku="SALT")
    answer = ask(office, lake, ("TEA", 7), ("SALT", 1))
    shown = office.get(answer.url).content.decode()
    assert "asked for. Not in stock there: 2 of Tea, 1 of Salt." in shown
    shop.buy((Product.objects.get(sku="TEA"), 2, "2"))
    again = office.get(page(Transfer.objects.get()))
    assert "not in stock" in again.content.decode().lower()


@pytest.mark.parametrize(
    ("units", "more", "told"),
    [
        ([("NONE", 3)], {}, "There is no product with this SKU."),
        ([("TEA", 3), ("TEA", 1)], {}, "Tea stands in two lines"),
        ([("TEA", 0)], {}, "At least one unit."),
        ([], {}, "Enter how many of at least one product."),
        ([("TEA", 1)], {"to_store": 1}, "another store"),
        ([("TEA", 99)], {"at_once": "on"}, "Tea"),
    ],
)
def test_what_the_use_case_refuses_the_form_refuses(
    units: list[tuple[str, int]], more: dict[str, Any], told: str, office: Client, lake: Store
) -> None:
    shop.a_product(name="Tea", sku="TEA")
    answer = ask(office, lake, *units, **more)
    assert told in answer.content.decode()
    assert not Transfer.objects.exists()


def test_what_lies_here_is_sent_at_once(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea", sku="TEA")
    shop.buy((tea, 5, "2"))
    ask(office, lake, ("TEA", 3), at_once="on")
    assert Transfer.objects.get().status == "sent"
    assert transfers.shelf(tea, 1) == "2@2.00"


def test_what_is_scanned_leaves(office: Client, lake: Store) -> None:
    tea, salt = shop.a_product(name="Tea"), shop.a_product(name="Salt")
    shop.buy((tea, 5, "2"), (salt, 5, "3"))
    transfer = transfers.asked(lake, (tea, 4), (salt, 2))
    fill(office, page(transfer, "send_it"), lines(transfer, quantity=[3, ""]))

    assert now(transfer).status == "sent"
    assert list(transfer.lines.order_by("id").values_list("sent", flat=True)) == [3, 0]
    assert transfers.stock_of(1) == {"Tea": 2, "Salt": 5}


def test_nothing_scanned_is_nothing_sent(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 5, "2"))
    transfer = transfers.asked(lake, (tea, 4))
    answer = fill(office, page(transfer, "send_it"), lines(transfer, quantity=[""]))
    assert "Nothing is sent" in answer.content.decode()
    assert now(transfer).status == "asked"


def test_more_than_there_is_does_not_leave(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 2, "2"))
    transfer = transfers.asked(lake, (tea, 4))
    answer = fill(office, page(transfer, "send_it"), lines(transfer, quantity=[3]))
    assert "Tea" in answer.context["form"].non_field_errors()[0]
    assert now(transfer).status == "asked"


def test_what_came_short_wants_a_reason_beside_its_line(office: Client, lake: Store) -> None:
    tea, salt = shop.a_product(name="Tea"), shop.a_product(name="Salt")
    shop.buy((tea, 5, "2"), (salt, 5, "3"))
    transfer = transfers.sent(lake, (tea, 4), (salt, 2))
    receive, came = page(transfer, "receive_it"), [4, 1]
    answer = fill(office, receive, lines(transfer, received=came))
    assert list(answer.context["lines"].forms[1].errors) == ["reason"]
    assert now(transfer).status == "sent"

    fill(office, receive, lines(transfer, received=came, damaged=[1, 0], reason=["Torn", "Short"]))
    assert now(transfer).status == "received"
    assert transfers.stock_of(lake.pk) == {"Tea": 3, "Salt": 1}
    shown = office.get(page(transfer)).content.decode()
    assert "1 damaged" in shown
    assert "1 short" in shown


def test_a_form_that_is_sent_twice_moves_once(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea", sku="TEA")
    shop.buy((tea, 9, "2"))
    asked = {**form_of(office.get(ADD)), "from_store": 1, "to_store": lake.pk, "at_once": "on"}
    asked |= {"form-TOTAL_FORMS": 1, "form-0-sku": "TEA", "form-0-counted": 2}
    first, second = (office.post(ADD, asked) for _ in range(2))
    assert first.url == second.url
    transfer = Transfer.objects.get()

    receive = page(transfer, "receive_it")
    told = {**form_of(office.get(receive)), **lines(transfer, received=[2])}
    office.post(receive, told)
    office.post(receive, told)
    assert transfers.shelf(tea, lake.pk) == "2@2.00"


def test_of_two_people_with_one_transfer_one_receives_it(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 9, "2"))
    transfer = transfers.sent(lake, (tea, 2))
    receive = page(transfer, "receive_it")
    other = at_the_office(make_user("admin", email="second@shop.example"))
    mine, theirs = ({**form_of(each.get(receive))} for each in (office, other))
    office.post(receive, mine | lines(transfer, received=[2]))
    answer = other.post(receive, theirs | lines(transfer, received=[2]))
    assert "has been received already" in answer.content.decode()
    assert transfers.shelf(tea, lake.pk) == "2@2.00"


def test_it_is_turned_back_or_cancelled_for_a_reason(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 9, "2"))
    sent, asked = transfers.sent(lake, (tea, 2)), transfers.asked(lake, (tea, 1))
    fill(office, page(sent, "turn_it_back"), {"reason": "Wrong shop"})
    fill(office, page(asked, "cancel_it"), {"reason": "Not needed"})
    assert now(sent).goes_back
    assert now(asked).status == "cancelled"
    fill(office, page(sent, "receive_it"), lines(sent, received=[2]))
    assert transfers.shelf(tea, 1) == "7@2.00 2@2.00"


def test_only_what_its_state_allows_is_offered(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 9, "2"))
    transfer = transfers.asked(lake, (tea, 2))

    def offered() -> set[str]:
        shown = office.get(page(transfer)).content.decode()
        ways = ("send", "receive", "turn-back", "cancel", "pick-list", "note")
        return {way for way in ways if f"/inventory/transfer/{transfer.pk}/{way}" in shown}

    assert offered() == {"send", "cancel", "pick-list", "note"}
    transfers.send_it(transfer)
    assert offered() == {"receive", "turn-back", "pick-list", "note"}
    transfers.received(transfer)
    assert offered() == {"note"}


def test_people_see_the_transfers_of_their_store(office: Client, lake: Store) -> None:
    hill = transfers.a_store("Hill")
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 9, "2"))
    mine, theirs = transfers.sent(lake, (tea, 2)), transfers.sent(hill, (tea, 1))
    of_lake = make_user("manager", store=lake)
    there = at_the_office(of_lake)
    listed = there.get(LIST).context["cl"].queryset
    assert [each.pk for each in listed] == [mine.pk]
    assert there.get(page(theirs, "receive_it")).status_code == 404
    assert office.get(LIST).context["cl"].result_count == 2

    # What leaves elsewhere is sent by those who work there.
    asked = transfers.asked(lake, (tea, 1))
    answer = fill(there, page(asked, "send_it"), lines(asked, quantity=[1]))
    assert "You do not work in this store." in answer.content.decode()


def test_the_list_is_searched_summed_up_and_a_file(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea")
    shop.buy((tea, 9, "2"))
    done = transfers.received(transfers.sent(lake, (tea, 4)), (3, 0))
    transfers.asked(lake, (tea, 2))
    shown = office.get(LIST, {"q": "Tea"}).context["cl"]
    assert shown.result_count == 2
    assert dict(shown.totals) == {"Units sent": "4.00", "Units received": "3.00"}
    file = b"".join(office.get(LIST, {"as": "csv"})).decode()
    assert str(done) in file


def test_with_one_store_nobody_is_shown_transfers(admin: User) -> None:
    assert LIST not in at_the_office(admin).get("/admin/").content.decode()


def test_the_note_goes_with_the_goods_and_says_no_cost(office: Client, lake: Store) -> None:
    tea = shop.a_product(name="Tea", sku="TEA")
    shop.buy((tea, 9, "77"))
    transfer = transfers.received(transfers.sent(lake, (tea, 4)), (3, 1))
    shown = office.get(page(transfer, "note_paper"), follow=True).content.decode()
    assert all(word in shown for word in (str(transfer), "Tea", "As counted", lake.name))
    assert "77" not in shown

    answer = signed_in(make_user("staff")).get(f"/api/transfers/{transfer.pk}/papers")
    for links in answer.json()["data"].values():
        assert Client().get(links["pdf"])["Content-Type"] == "application/pdf"
    assert answer.json()["data"].keys() == {"transfer", "pick-list"}
    elsewhere = make_user("manager", store=transfers.a_store("Hill"))
    assert signed_in(elsewhere).get(f"/api/transfers/{transfer.pk}/papers").status_code == 404


def test_units_are_whole(office: Client, lake: Store) -> None:
    shop.a_product(name="Tea", sku="TEA")
    answer = ask(office, lake, ("TEA", Decimal("1.5")))  # type: ignore[arg-type]  # (as a person types)
    assert "Enter a whole number." in answer.content.decode()
