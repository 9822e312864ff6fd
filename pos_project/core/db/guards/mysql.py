"""The triggers of MySQL and MariaDB: SIGNAL, and locking reads.

What a trigger decides on it reads with a lock: a plain SELECT might see an old snapshot in which
an entry still balances, or is still a draft.
"""

from collections.abc import Iterator

from pos_project.core.db.guards.rules import Column, Document, Guarded
from pos_project.core.db.guards.trigger import (
    NEVER_CHANGES,
    NEVER_DELETED,
    NO_LATE_LINE,
    STARTS_AS_DRAFT,
    UNBALANCED,
    Trigger,
    words,
)

# MariaDB's number of a failed CHECK: Django makes an IntegrityError of it. Not MySQL's own 3819,
# which INSERT IGNORE and UPDATE IGNORE turn into a warning.
CHECK_FAILED = 4025


def triggers(rules: Guarded) -> Iterator[Trigger]:
    yield from _insert(rules)
    yield Trigger(rules.table, "UPDATE", f"FOR EACH ROW {_update(rules)}")
    yield Trigger(rules.table, "DELETE", f"FOR EACH ROW {_delete(rules)}")


def _insert(rules: Guarded) -> Iterator[Trigger]:
    if rules.drafts:
        body = _if(f"NEW.status NOT IN ({words(rules.drafts)})", _signal(rules, STARTS_AS_DRAFT))
        yield Trigger(rules.table, "INSERT", f"FOR EACH ROW {body}")
    if rules.document:
        body = _when_posted(rules.document, "NEW", _signal(rules, NO_LATE_LINE))
        yield Trigger(rules.table, "INSERT", f"FOR EACH ROW BEGIN {body} END")


def _update(rules: Guarded) -> str:
    same = " AND ".join(_same(column) for column in rules.fixed)
    refuse = _signal(rules, NEVER_CHANGES)
    if rules.document:
        posted = _when_posted(rules.document, "OLD, NEW", refuse)
        return f"IF NOT ({same}) THEN BEGIN {posted} END; END IF"
    if not rules.drafts:
        return _if(f"NOT ({same})", refuse)
    drafts = words(rules.drafts)
    posting = ""
    if rules.balance:
        posting = (
            f" ELSEIF NEW.status NOT IN ({drafts}) THEN BEGIN {_refuse_unbalanced(rules)} END;"
        )
    changed = _if(f"NOT ({same})", refuse)
    return f"IF OLD.status NOT IN ({drafts}) THEN {changed};{posting} END IF"


def _delete(rules: Guarded) -> str:
    refuse = _signal(rules, NEVER_DELETED)
    if rules.document:
        return f"BEGIN {_when_posted(rules.document, 'OLD', refuse)} END"
    return refuse


def _same(column: Column) -> str:
    new, old = f"NEW.`{column.name}`", f"OLD.`{column.name}`"
    if column.is_text:
        return f"CAST({new} AS BINARY) <=> CAST({old} AS BINARY)"
    return f"{new} <=> {old}"


def _if(condition: str, then: str) -> str:
    return f"IF {condition} THEN {then}; END IF"


def _signal(rules: Guarded, says: str) -> str:
    return (
        f"SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {CHECK_FAILED},"
        f" MESSAGE_TEXT = 'append only: {rules.table}: {says}'"
    )


def _when_posted(document: Document, rows: str, then: str) -> str:
    """Inside BEGIN … END: the row's document, held against being posted just now."""
    keys = ", ".join(f"{row}.{document.key}" for row in rows.split(", "))
    return (
        "DECLARE posted INT;"
        f" SELECT COUNT(*) INTO posted FROM {document.table} WHERE id IN ({keys})"
        f" AND status NOT IN ({words(document.drafts)}) LOCK IN SHARE MODE;"
        f" {_if('posted > 0', then)};"
    )


def _refuse_unbalanced(rules: Guarded) -> str:
    assert rules.balance is not None
    lines = rules.balance
    return (
        "DECLARE balanced INT;"
        f" SELECT COUNT(*) >= 2 AND SUM({lines.debit}) = SUM({lines.credit}) INTO balanced"
        f" FROM {lines.table} WHERE {lines.key} = NEW.id FOR UPDATE;"
        f" {_if('NOT COALESCE(balanced, 0)', _signal(rules, UNBALANCED))};"
    )
