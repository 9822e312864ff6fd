"""`close_day` and `nightly`: days are sealed, frozen and told; `reconcile` shows changes."""

import json
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, RefreshToken
from ledger import closing, kept_heads, sealing
from ledger.closing_models import DaySeal, DocumentNumber
from ledger.expenses import Spending, record_expense
from pos_project.core.days import at_noon, today
from pos_project.core.db import guards
from pos_project.core.errors import Unavailable
from pos_project.core.models import RateCounter
from pos_project.tests import shop
from reports.statements import day_closing
from reports.statements.day_report import day_reports
from reports.summaries.models import BuiltPeriod, Granularity

pytestmark = pytest.mark.django_db


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def sealed_days() -> list[date | None]:
    days = DaySeal.objects.filter(day__isnull=False).order_by("day")
    return list(days.values_list("day", flat=True))


@pytest.fixture
def a_day() -> date:
    """Three days ago: sales in cash, by card and on credit, a due paid, a refund, tea."""
    day = days_ago(3)
    noon, service, rahim = at_noon(day), shop.a_service("10.00"), shop.a_customer()
    shop.sell((service, 1), at=noon - timedelta(days=1))
    shop.sell((service, 3), at=noon)
    shop.sell((service, 2), at=noon, offered=shop.split(card=15, cash=5))
    owing = shop.sell((service, 4), at=noon, customer=rahim, offered=shop.cash(10)).sale
    shop.pay_dues(rahim, 25, "bkash", at=noon)
    shop.refund(
        shop.Claim(owing.pk, [shop.units_of(owing.items.get(), 2)], reason="late"),
        by=shop.a_cashier(),
        at=noon,
    )
    record_expense(
        Spending("Tea", Decimal(12), expense_date=day, category="tea"), by=shop.a_cashier()
    )
    return day


# --- close_day ---


def test_without_a_day_every_open_day_is_closed_until_yesterday(a_day: date) -> None:
    shop.sell((shop.a_service(), 1))
    out = run("close_day")
    assert sealed_days() == [days_ago(4), days_ago(3), days_ago(2), days_ago(1)]
    assert "4 days closed" in out
    assert f"Head, to be kept elsewhere: {closing.head().seal}" in out


def test_naming_a_day_closes_the_open_days_before_it_too(a_day: date) -> None:
    run("close_day", str(a_day))
    assert sealed_days() == [days_ago(4), a_day]
    run("close_day", str(days_ago(2)), "--until", str(days_ago(1)))
    assert sealed_days() == [days_ago(4), a_day, days_ago(2), days_ago(1)]


def test_closing_twice_changes_nothing_and_tells_the_same(a_day: date) -> None:
    first = json.loads(run("close_day", str(a_day), "--json"))
    before = shop.everything()
    second = json.loads(run("close_day", str(a_day), "--json"))
    assert shop.everything() == before
    assert (len(first["closed"]), len(second["closed"])) == (2, 0)
    assert second["head"] == first["head"]
    assert second["reports"] == first["reports"]
    assert "Everything was closed already" in run("close_day", str(a_day))


def test_the_report_says_what_the_day_came_to(a_day: date) -> None:
    [report] = json.loads(run("close_day", str(a_day), "--json"))["reports"]
    assert {name: report[name] for name in report if name not in ("by_method", "drawer")} == {
        "day": str(a_day),
        "sales": 3,
        "sales_total": 90.0,
        "sales_from_advances": 0.0,
        "sold_on_credit": 30.0,
        "refunds": 1,
        "refunds_total": 20.0,
        "expenses_total": 12.0,
        "entries": 6,
        "debits": 147.0,
        "credits": 147.0,
    }
    zero = dict.fromkeys(("sales", "dues", "refunds", "suppliers", "expenses"), 0.0)
    assert report["by_method"] == {
        "bkash": {**zero, "dues": 25.0},
        "card": {**zero, "sales": 15.0},
        "cash": {**zero, "sales": 45.0, "refunds": -15.0, "expenses": -12.0},
    }
    drawer = {"opening": 10.0, "received": 45.0, "paid": 27.0, "expected": 28.0}
    nobody = {"counted": None, "difference": 0.0, "banked": 0.0, "reason": "", "left": 28.0}
    assert report["drawer"] == {**drawer, **nobody}


def test_the_report_for_people_shows_the_same(a_day: date) -> None:
    out = run("close_day", str(a_day))
    for words in (
        "expected                28.00",
        "nobody counted",
        "30.00 of it on credit",
        "bkash",
    ):
        assert words in out, out


def test_each_day_opens_with_what_was_in_the_drawer_the_night_before(a_day: date) -> None:
    reports = json.loads(run("close_day", str(days_ago(4)), "--until", str(days_ago(1)), "--json"))
    drawers = [report["drawer"] for report in reports["reports"]]
    assert [drawer["opening"] for drawer in drawers] == [0.0, 10.0, 28.0, 28.0]
    assert drawers[-1]["expected"] == 28.0


def test_closed_days_are_frozen(a_day: date) -> None:
    run("close_day", str(a_day))
    frozen = BuiltPeriod.objects.filter(granularity=Granularity.DAY).values_list(
        "first_day", flat=True
    )
    assert set(frozen) == {days_ago(4), a_day}


def test_an_empty_shop_has_nothing_to_close() -> None:
    assert "Nothing has happened yet" in run("close_day")
    answer = json.loads(run("close_day", "--json"))
    assert answer == {"closed": [], "reports": [], "head": sealing.GENESIS}


@pytest.mark.parametrize(
    "arguments",
    [["today"], ["2026-02-30"], ["1999-12-31"], ["2026-02-02", "--until", "2026-02-01"]],
)
def test_what_is_no_day_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run("close_day", *arguments)


@pytest.mark.parametrize("days", [0, -1])
def test_a_day_that_is_not_over_is_refused_and_nothing_is_closed(a_day: date, days: int) -> None:
    with pytest.raises(CommandError, match="ten minutes"):
        run("close_day", str(days_ago(days)))
    assert sealed_days() == []


def test_a_run_that_was_stopped_is_continued(a_day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.sell((shop.a_service(), 1))
    real = closing.seal

    def busy(day: date, **more: Any) -> DaySeal:
        if day == days_ago(2):
            raise Unavailable("The shop is busy. Please try again.")
        return real(day, **more)

    with monkeypatch.context() as patch:
        patch.setattr(day_closing.closing, "seal", busy)
        with pytest.raises(CommandError, match="Run it again"):
            run("close_day")
    assert sealed_days() == [days_ago(4), a_day]
    run("close_day")
    assert sealed_days()[-1] == days_ago(1)


def test_a_report_costs_the_same_for_one_sale_as_for_many(a_day: date, queries: Any) -> None:
    def count() -> int:
        return len(queries(lambda: list(day_reports(a_day, a_day))))

    one = count()
    for _ in range(20):
        shop.sell((shop.a_service(), 1), at=at_noon(a_day))
    assert count() == one


# --- nightly ---


def test_nightly_closes_freezes_and_forgets(a_day: date) -> None:
    shop.sell((shop.a_service(), 1))
    old, by = timezone.now() - timedelta(days=9), shop.a_cashier()
    for number, expires_at in enumerate([old, timezone.now() + timedelta(days=1)]):
        RefreshToken.objects.create(
            user=by,
            family="0" * 32,
            token_hash=f"{number:064}",
            created_at=old,
            expires_at=expires_at,
        )
        RateCounter.objects.create(key_hash=f"{number:064}", count=1, expires_at=expires_at)
    out = run("nightly")
    assert sealed_days()[-1] == days_ago(1)
    assert BuiltPeriod.objects.filter(granularity=Granularity.DAY, first_day=days_ago(1)).exists()
    assert (RefreshToken.objects.count(), RateCounter.objects.count()) == (1, 1)
    done = [int(line.split()[0]) for line in out.splitlines()]
    _, _, closed, kept, numbered, _, sign_ins, _ = done
    assert (closed, kept, sign_ins) == (4, 1, 1)
    assert (numbered, DocumentNumber.objects.latest("id").kind) == (1, "audit"), "the head's"
    before = {**shop.everything(), "maintenance_runs": ()}
    run("nightly")
    assert {**shop.everything(), "maintenance_runs": ()} == before


def test_nightly_does_the_rest_when_one_part_fails(
    a_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: date, **__: Any) -> DaySeal:
        raise Unavailable("The shop is busy. Please try again.")

    RateCounter.objects.create(key_hash="0", count=1, expires_at=timezone.now() - timedelta(days=1))
    monkeypatch.setattr(day_closing.closing, "seal", busy)
    with pytest.raises(CommandError, match="1 of 8 parts"):
        run("nightly")
    assert not RateCounter.objects.exists()


# --- The head, kept outside ---


def heads_in(file: Path) -> list[str]:
    """Between them stand the newest document numbers."""
    return [line for line in file.read_text().splitlines() if not line.startswith("store-")]


def test_nightly_keeps_the_newest_seal_in_a_file_and_mails_it(
    a_day: date, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.HEADS_MAIL_TO = ["books@accountant.example"]
    run("nightly")
    head = f"{a_day} {closing.head().seal}"
    assert heads_in(settings.HEADS_FILE) == [head]
    [mail] = mailoutbox
    assert mail.to == ["books@accountant.example"]
    assert head in mail.body
    run("nightly")
    assert heads_in(settings.HEADS_FILE) == [head], "once a closed day"
    [told] = AuditEntry.objects.filter(action=AuditEntry.Action.ACCESS)
    assert told.additional_data == {"day": f"{a_day}", "seal": closing.head().seal}
    assert reconciled() == {}


def test_a_head_that_cannot_be_written_or_mailed_makes_nightly_red(
    a_day: date, settings: Any, tmp_path: Path
) -> None:
    settings.HEADS_FILE = tmp_path  # a folder
    with pytest.raises(CommandError, match="2 of 8 parts"):
        run("nightly")


def test_a_file_of_heads_that_has_gone_is_red_and_not_begun_anew(
    a_day: date, settings: Any
) -> None:
    run("close_day", str(a_day - timedelta(days=1)))
    kept_heads.keep()
    settings.HEADS_FILE.unlink()
    [gone] = reconciled()["the_kept_head_is_in_the_chain"]
    assert gone["found"] == "none: give one by --head"
    assert reconciled("--head", closing.head().seal) == {}
    with pytest.raises(CommandError, match="2 of 8 parts"):
        run("nightly")
    settings.HEADS_FILE.touch()
    run("nightly")
    assert reconciled() == {}


@pytest.mark.parametrize("told", [None, {}, ["no head"], {"day": "2026-08-11"}])
def test_a_note_of_a_head_that_says_none_is_red_and_stops_no_night(
    a_day: date, told: Any, settings: Any
) -> None:
    seal = closing.head()
    note = AuditEntry.objects.log_create(
        seal, force_log=True, action=AuditEntry.Action.ACCESS, additional_data=told
    )
    settings.HEADS_FILE.touch()
    run("nightly")
    [red] = reconciled()["the_kept_head_is_in_the_chain"]
    assert red["row"] == f"head of audit entry {note.pk}"


def test_without_a_known_head_reconcile_says_so(a_day: date) -> None:
    run("close_day")
    assert "No head of the seals is known" in run("reconcile", "--only", "I20")
    assert json.loads(run("reconcile", "--only", "I20", "--json"))["heads"] == 0
    run("nightly")
    assert "No head" not in run("reconcile", "--only", "I20")
    assert json.loads(run("reconcile", "--only", "I20", "--json"))["heads"] == 1


# --- reconcile and the head ---


def reconciled(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    with suppress(SystemExit):
        call_command("reconcile", "--only", "I20", "--json", *arguments, stdout=out)
    answer = json.loads(out.getvalue())
    return {law["name"]: law["violations"] for law in answer["invariants"] if law["violations"]}


def test_the_newest_head_and_every_earlier_one_are_found(a_day: date) -> None:
    run("close_day", str(a_day))
    kept = closing.head().seal
    assert reconciled("--head", kept) == {}
    run("close_day")
    assert reconciled("--head", kept.upper()) == {}
    assert list(reconciled("--head", "0" * 64)) == ["the_kept_head_is_in_the_chain"]


def test_without_seals_the_chain_holds() -> None:
    assert reconciled() == {}


# Taking triggers down commits on MySQL/MariaDB, so not within a test's transaction.
@pytest.mark.django_db(transaction=True)
def test_a_past_that_was_rewritten_and_sealed_anew_is_shown_by_the_kept_head(a_day: date) -> None:
    """Whoever takes the triggers down may also forge a chain that is right in itself."""
    run("close_day")
    kept = closing.head().seal
    guards.remove()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments SET note = 'rewritten'")
        cursor.execute("DELETE FROM day_seals WHERE day IS NOT NULL")
    guards.install()
    run("close_day")
    assert reconciled() == {}
    assert list(reconciled("--head", kept)) == ["the_kept_head_is_in_the_chain"]


# Taking triggers down commits on MySQL/MariaDB, so not within a test's transaction.
@pytest.mark.django_db(transaction=True)
def test_a_changed_row_is_named_with_its_day(a_day: date) -> None:
    run("close_day")
    guards.remove()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments SET amount = 15.01 WHERE method = 'card' AND business_date = %s",
            [a_day],
        )
        cursor.execute("SELECT id FROM payments WHERE method = 'card'")
        [payment] = cursor.fetchone()
    guards.install()
    found = reconciled()["sealed_days_are_unchanged"]
    assert [each["row"] for each in found] == [f"seal of {a_day}", f"payments {payment} of {a_day}"]
