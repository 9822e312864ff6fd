"""The shop's zone is corrected: it is noticed, said what to do, and nothing posted moves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import User
from ledger import time_zone
from ledger.closing_models import ShopTimeZone
from ledger.journal_models import JournalEntry
from pos_project.core.http.day_range import DayRange
from pos_project.tests import shop
from pos_project.tools.management.commands.serve import Command as Serve
from reports.dashboards.user_history import UserHistory
from reports.reconciliation.reconcile import reconcile
from reports.statements.day_closing import close_until
from reports.summaries.building import build_missing
from sales.models import Sale

pytestmark = pytest.mark.django_db
DHAKA, LISBON = "Asia/Dhaka", "Europe/Lisbon"
EVENING = datetime(
    2026, 8, 9, 20, 0, tzinfo=UTC
)  # 2 o'clock of the 10th in Dhaka, the 9th in Lisbon


@pytest.fixture
def in_lisbon(db: None) -> Iterator[None]:
    """The same shop, once its server was started with another zone."""
    with override_settings(SHOP_TIME_ZONE=LISBON, TIME_ZONE=LISBON):
        yield


def warned() -> list[str]:
    return [each.msg for each in run_checks(databases=["default"]) if each.id == "ledger.W001"]


def a_night_sale() -> Sale:
    return shop.sell((shop.a_service("5.00"), 1), at=EVENING).sale


def test_migrate_remembers_the_zone_that_the_shop_begins_in() -> None:
    [zone] = ShopTimeZone.objects.all()
    assert (zone.zone, zone.since) == (DHAKA, None)
    assert warned() == []


def test_a_shop_where_nothing_happened_just_begins_in_another(in_lisbon: None) -> None:
    assert warned() == []
    known = time_zone.known_zone()
    assert known is not None
    assert (known.zone, known.since) == (LISBON, None)


def test_another_zone_is_said_and_not_served() -> None:
    a_night_sale()
    with override_settings(SHOP_TIME_ZONE=LISBON, TIME_ZONE=LISBON):
        [told] = warned()
        assert DHAKA in told
        assert LISBON in told
        with pytest.raises(CommandError, match="accept_time_zone"):
            Serve()._check_the_database()
        assert ShopTimeZone.objects.count() == 1
    assert warned() == []


def test_once_accepted_it_holds_and_nothing_posted_moves(manager: User) -> None:
    sale = a_night_sale()
    close_until(date(2026, 8, 10))
    before = shop.everything()
    assert sale.business_date == date(2026, 8, 10)

    with override_settings(SHOP_TIME_ZONE=LISBON, TIME_ZONE=LISBON):
        out = StringIO()
        call_command("accept_time_zone", stdout=out)
        day = datetime.now(ZoneInfo(LISBON)).date()
        said = f"Europe/Lisbon from {day} on; those before were dated in Asia/Dhaka"
        assert said in out.getvalue()
        assert warned() == []
        after = shop.everything()
        moved = {table for table in before if before[table] != after[table]}
        assert moved <= {"shop_time_zones", "fact_recorded", "fact_periods"}
        assert [verdict for verdict in reconcile() if not verdict.holds] == []
        # What is sold now counts on the day of the new zone.
        with time_machine.travel(datetime(2026, 9, 12, 20, 0, tzinfo=UTC)):
            shop.sell((shop.a_service("5.00"), 1))
        assert JournalEntry.objects.latest("id").business_date == date(2026, 9, 12)


def test_lists_cut_by_the_moment_are_counted_anew() -> None:
    a_night_sale()
    build_missing()
    with override_settings(SHOP_TIME_ZONE=LISBON, TIME_ZONE=LISBON):
        call_command("accept_time_zone", stdout=StringIO())
        ninth = date(2026, 8, 9)
        history: Any = UserHistory(DayRange(ninth, ninth))
        assert history.counts["Sale"] == len(history[:10]) - history.counts["Payment"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2099-08-13"], "still to come"),
        (["--from", "2026-08-10"], "closed until 2026-08-10"),
        (["--from", "31-08-2026"], "is no day"),
    ],
)
def test_it_is_accepted_from_an_open_day_on(words: list[str], said: str) -> None:
    a_night_sale()
    close_until(date(2026, 8, 10))
    with override_settings(SHOP_TIME_ZONE=LISBON, TIME_ZONE=LISBON):
        with pytest.raises(CommandError, match=said):
            call_command("accept_time_zone", *words)
        call_command("accept_time_zone", "--from", "2026-08-11", stdout=StringIO())
        with pytest.raises(CommandError, match="already"):
            call_command("accept_time_zone")
