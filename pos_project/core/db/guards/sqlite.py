"""The triggers of SQLite: a condition in WHEN, and RAISE.

SQLite's REPLACE deletes the rows that stand in its way without asking a delete trigger, so an
insert, and an update of a row that is still free, is refused where it would meet another row.
"""

from collections.abc import Iterator

from pos_project.core.db.guards.rules import Document, Guarded
from pos_project.core.db.guards.trigger import (
    NEVER_CHANGES,
    NEVER_DELETED,
    NO_LATE_LINE,
    OVERWRITES,
    STARTS_AS_DRAFT,
    UNBALANCED,
    Trigger,
    words,
)


def triggers(rules: Guarded) -> Iterator[Trigger]:
    is_free = rules.drafts or rules.document
    yield _trigger(rules, "INSERT", _meets_another(rules), OVERWRITES)
    if rules.drafts:
        started = f"NEW.status NOT IN ({words(rules.drafts)})"
        yield _trigger(rules, "INSERT", started, STARTS_AS_DRAFT, part="_posted")
    if rules.document:
        late = _is_posted(rules.document, "NEW")
        yield _trigger(rules, "INSERT", late, NO_LATE_LINE, part="_late")
    yield _trigger(rules, "UPDATE", _changes(rules), NEVER_CHANGES)
    if is_free:
        meets = _meets_another(rules, but="OLD.id")
        yield _trigger(rules, "UPDATE", f"NEW.id <> OLD.id OR {meets}", OVERWRITES, part="_replace")
    if rules.balance:
        yield _trigger(rules, "UPDATE", _unbalanced(rules), UNBALANCED, part="_unbalanced")
    deleting = _is_posted(rules.document, "OLD") if rules.document else "1"
    yield _trigger(rules, "DELETE", deleting, NEVER_DELETED)


def _trigger(rules: Guarded, event: str, when: str, says: str, *, part: str = "") -> Trigger:
    body = f"WHEN {when} BEGIN SELECT RAISE(ABORT, 'append only: {rules.table}: {says}'); END"
    return Trigger(rules.table, event, body, part)


def _changes(rules: Guarded) -> str:
    differs = " OR ".join(f'NEW."{each.name}" IS NOT OLD."{each.name}"' for each in rules.fixed)
    if rules.drafts:
        return f"OLD.status NOT IN ({words(rules.drafts)}) AND ({differs})"
    if rules.document:
        posted = f"{_is_posted(rules.document, 'OLD')} OR {_is_posted(rules.document, 'NEW')}"
        return f"({differs}) AND ({posted})"
    return differs


def _is_posted(document: Document, row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {document.table} WHERE id = {row}.{document.key}"
        f" AND status NOT IN ({words(document.drafts)}))"
    )


def _meets_another(rules: Guarded, *, but: str | None = None) -> str:
    other = f" AND id <> {but}" if but else ""
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {rules.table} WHERE "
        + " AND ".join(f"{column} = NEW.{column}" for column in columns)
        + f"{other})"
        for columns in rules.unique
    )


def _unbalanced(rules: Guarded) -> str:
    assert rules.balance is not None
    lines = rules.balance
    # Decimals are floats here: the difference is rounded before it is looked at.
    return (
        f"OLD.status IN ({words(rules.drafts)}) AND NEW.status NOT IN ({words(rules.drafts)})"
        f" AND NOT (SELECT COUNT(*) >= 2 AND ROUND(SUM({lines.debit}) - SUM({lines.credit}), 2) = 0"
        f" FROM {lines.table} WHERE {lines.key} = NEW.id)"
    )
