"""`reconcile` never falls over: what cannot even be read is a broken invariant, with the reason."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from ledger.closing_models import DaySeal
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.checks.tables import our_models
from reports.reconciliation.invariant import Check, Finding, Invariant
from reports.reconciliation.reconcile import examine
from reports.reconciliation.scope import Scope
from reports.reconciliation.tests.corruption.by_hand import (
    change,
    delete,
    row_of,
    undone,
    unguarded,
)
from reports.tests.a_shops_week import Week

pytestmark = [pytest.mark.usefixtures("guards_off"), pytest.mark.django_db]


def answer(*arguments: str) -> dict[str, Any]:
    """What `reconcile --json` says, by invariant."""
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("reconcile", "--json", *arguments, stdout=out)
    said = json.loads(out.getvalue())
    return {each["name"]: each for each in said["invariants"]}


def copied(table: str, row_id: Any) -> int:
    """One more row, the same but for its id."""
    with connection.cursor() as cursor:
        names = connection.introspection.get_table_description(cursor, table)
        columns = ", ".join(
            connection.ops.quote_name(each.name)
            for each in names
            if each.name not in ("id", "is_open")  # (which the database computes)
        )
        new = row_of(f"SELECT MAX(id) + 1 FROM {table}")
        cursor.execute(
            f"INSERT INTO {table} (id, {columns}) SELECT {new}, {columns} FROM {table}"
            " WHERE id = %s",
            [row_id],
        )
    return int(new)


def test_one_more_line_of_a_refund_is_named(week: Week) -> None:
    refund = week.part_refund.pk
    with unguarded():
        copied("refund_items", row_of(f"SELECT id FROM refund_items WHERE refund_id = {refund}"))
        found = answer()["refunds_are_their_shares"]["violations"]
    assert found == [
        {
            "row": f"refund {refund} of sale {week.part_refund.sale_id}, lines",
            "expected": "1, one for each line of the sale",
            "found": "2",
        }
    ]


DAMAGE = {
    "checksums": b"no zlib",
    "row_counts": '{"payments": 5000, "no_such_table": 1}',
}


@pytest.mark.parametrize("column", DAMAGE)
def test_a_damaged_seal_is_named_and_the_others_are_looked_at(column: str, week: Week) -> None:
    first, second, *_ = DaySeal.objects.exclude(day=None).order_by("day")
    with unguarded():
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE day_seals SET {column} = %s, seal = 'forged' WHERE id = %s",
                [DAMAGE[column], first.pk],
            )
        change("day_seals", second.pk, "seal = 'forged'")
        rows = [each["row"] for each in answer()["sealed_days_are_unchanged"]["violations"]]
    assert f"seal of {first.day}" in rows
    assert f"seal of {second.day}" in rows


def _rows() -> Iterator[tuple[str, Any]]:
    """The newest row of each of our tables that has ids, and more than ids."""
    for model in our_models():
        names = [field.name for field in model._meta.concrete_fields]
        newest = model._base_manager.order_by("-pk").first()
        if newest is not None and names[0] == "id" and len(names) > 1:
            yield model._meta.db_table, newest.pk


def test_a_copied_row_in_every_table_leaves_every_check_its_answer(week: Week) -> None:
    with undone():
        for table, row_id in list(_rows()):
            try:
                with transaction.atomic():
                    copied(table, row_id)
            except IntegrityError:  # the database refuses a twin
                continue
        assert _fell_over() == []


def test_a_deleted_row_in_every_table_leaves_every_check_its_answer(week: Week) -> None:
    with undone():
        for table, row_id in list(_rows()):
            delete(table, row_id)
        assert _fell_over() == []


def _fell_over() -> list[str]:
    return [
        f"{verdict.invariant.name}: {violation.found}"
        for verdict in examine(CHECKS)
        for violation in verdict.violations
        if violation.expected == "rows that can be read"
    ]


# --- Whatever a check raises ---

ANGRY = Invariant("I99", "nobody_is_angry", "Nobody is angry.")


def _raises(scope: Scope) -> Iterator[Finding]:
    raise KeyError("tea")
    yield


def test_a_check_that_raises_is_broken_with_its_text_and_the_others_go_on(week: Week) -> None:
    verdicts = examine([Check((ANGRY,), _raises), *CHECKS])
    [angry, *others] = verdicts
    assert [str(violation) for violation in angry.violations] == [
        "what its check reads: expected rows that can be read, found KeyError: 'tea'"
    ]
    assert all(verdict.holds for verdict in others)


def test_fix_repairs_what_it_can_where_a_check_cannot_read(
    week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.reconciliation import repair

    [first, *rest] = repair.MATTERS
    broken = repair._Matter(first.model, first.by, (Check((ANGRY,), _raises),))
    monkeypatch.setattr(repair, "MATTERS", (broken, *rest))
    change("batches", row_of("SELECT MIN(id) FROM batches WHERE remaining > 1"), "remaining = 1")
    [made] = repair.repair().changes
    assert (made.table, made.column) == ("batches", "remaining")
