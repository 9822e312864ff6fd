"""The database under the rows: its triggers, columns and constraints are those of `migrate`."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import connection, models

from pos_project.core.db import guards
from pos_project.core.db.guards.moments import made_since
from pos_project.core.db.guards.rights import may_change_triggers
from reports.reconciliation.checks.tables import our_models
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.rows import rows, table
from reports.reconciliation.scope import Scope


@invariant("I17", "The database refuses to rewrite history: its triggers are those of migrate.")
def triggers_are_those_of_migrate(scope: Scope) -> Iterator[Violation]:
    if connection.vendor == "mysql" and not may_change_triggers():
        return  # this user does not see them, as a system check says (core.I002)
    expected, there = guards.expected(), guards.present()
    for name in guards.missing():
        found = "another" if name in there else "none"
        yield Violation(f"trigger {name} of {expected[name].table}", "the one of migrate", found)
    ours = {table(model) for model in our_models()}
    for name, of in _triggers():
        if of in ours and name not in expected:
            yield Violation(f"trigger {name} of {of}", "none", "one that migrate did not make")
    for name, moment in made_since().items():
        yield Violation(f"trigger {name}", "the one of migrate", f"one made later, {moment}")


def _triggers() -> Iterator[tuple[str, str]]:
    """Name and table of every trigger there is, whoever made it."""
    if connection.vendor == "mysql":
        sql = (
            "SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS"
            " WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY TRIGGER_NAME"
        )
    else:
        sql = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    yield from rows(sql)  # type: ignore[misc]  # (two texts a row)


@invariant("I33", "Every column and constraint is as migrate made it: none narrowed, none gone.")
def columns_are_those_of_migrate(scope: Scope) -> Iterator[Violation]:
    for model in our_models():
        of = table(model)
        there = _columns(of)
        for field in model._meta.concrete_fields:
            expected, found = _expected(field), there.get(str(field.column))
            if found is None or _told(field, found) != expected:
                yield Violation(f"{of}, column {field.column}", _say(expected), _say(found))
        constraints = _constraints(of)
        for constraint in model._meta.constraints:
            if constraint.name not in constraints:
                yield Violation(f"{of}, constraint {constraint.name}", "there", "none")


Column = tuple[str, bool]  # its type, and whether it may be empty


def _expected(field: "models.Field[Any, Any]") -> Column:
    kind = field.db_type(connection) or ""
    return _plain(kind), field.null


def _told(field: "models.Field[Any, Any]", found: Column) -> Column:
    """What the database says of the column; of a key, and of a computed column, it says of itself
    whether it may be empty."""
    may_be_empty = field.null if field.primary_key or field.generated else found[1]
    return found[0], may_be_empty


def _columns(of: str) -> dict[str, Column]:
    if connection.vendor == "mysql":
        found = rows(
            "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'YES' FROM information_schema.COLUMNS"
            " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
            [of],
        )
    else:
        found = rows('SELECT name, type, "notnull" = 0 FROM pragma_table_xinfo(%s)', [of])
    return {name: (_plain(kind), bool(may_be_empty)) for name, kind, may_be_empty in found}


def _constraints(of: str) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, of))


# Two spellings of one type: Django's, and the server's.
_SPELLINGS = (
    (r"^numeric", "decimal"),
    (r"^integer", "int"),
    (r"^bool(ean)?$", "tinyint"),
    (r"^json$", "longtext"),
    (r"^char\(32\)$", "uuid"),
    (r"^double precision$", "double"),
    (r"^(tinyint|smallint|int|bigint)\(\d+\)", r"\1"),  # a width that MariaDB only displays
    (r" auto_increment$|\s(?=\d)", ""),
)


def _plain(kind: str) -> str:
    kind = kind.lower()
    for spelling, plain in _SPELLINGS:
        kind = re.sub(spelling, plain, kind)
    return kind


def _say(column: Column | None) -> str:
    if column is None:
        return "none"
    return f"{column[0]}{', may be empty' if column[1] else ''}"
