"""Which invariant names a forgery, if any."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models

from ledger import sealing
from ledger.closing_models import DaySeal
from reports.reconciliation.checks import CHECKS, audited, numbers, seals, witnesses
from reports.reconciliation.invariant import Check
from reports.reconciliation.scope import Scope
from reports.reconciliation.tests.corruption.by_hand import unguarded
from reports.reconciliation.tests.forgery.forgeries import done, forgeries

REFUSED, UNSEEN = "refused", "unseen"
# Those that see most are asked first.
_FIRST = [
    check
    for module in (audited, numbers, seals, witnesses)
    for check in vars(module).values()
    if isinstance(check, Check)
]
ASKED = tuple(dict.fromkeys((*_FIRST, *CHECKS)))


def tables() -> list[type[models.Model]]:
    """Every table of the database that a model stands for."""
    return sorted(
        (m for m in apps.get_models(include_auto_created=True) if m._meta.managed),
        key=lambda model: model._meta.db_table,
    )


def row_of(model: type[models.Model], day: DaySeal) -> dict[str, Any] | None:
    """The row of the day with the most to say; of tables without days, of all rows."""
    rows = model._base_manager.order_by("pk")
    if model._meta.db_table in {book.table for book in sealing.books()}:
        [book] = sealing.books([model._meta.db_table])
        rows = rows.filter(pk__in=[row_id for row_id, _ in book.rows(day)])
    found = list(rows.values())
    return max(found, key=lambda row: sum(v is not None for v in row.values()), default=None)


def verdict(checks: Sequence[Check] = ASKED) -> str:
    """The id of the first invariant that is broken now."""
    for check in checks:
        try:
            for invariant, _ in check.search(Scope()):
                return invariant.id
        except DatabaseError:
            raise
        except Exception:  # a check that raises is a broken invariant
            return check.invariants[0].id
    return UNSEEN


def verdicts(
    model: type[models.Model], row: dict[str, Any], checks: Sequence[Check] = ASKED
) -> Iterator[tuple[str, str]]:
    """(cell, by what it is named): of every forgery of the row."""
    with unguarded():
        for forgery in forgeries(model, row):
            with done(forgery) as was_done:
                yield forgery.cell, verdict(checks) if was_done else REFUSED
