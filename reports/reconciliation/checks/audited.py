"""Master data is what the audit says it became: who changes it past the shop's own code leaves no
entry, and the audit itself is under the seals."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from auditlog.diff import get_field_value
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db import models

from accounts.models import AuditEntry, Store
from ledger import chart
from ledger.chart_models import LedgerAccount
from reports.reconciliation.invariant import Violation, invariant
from reports.reconciliation.scope import Scope

_READ_AT_ONCE = 500
_RULES = ("staff_", "price_changers", "shift_required", "bad_debt_tax", "number_prefix")
_MADE, _GONE = AuditEntry.Action.CREATE, AuditEntry.Action.DELETE
_WRITTEN = (_MADE, AuditEntry.Action.UPDATE, _GONE)


@invariant("I37", "Master data is as the audit says it became last; what was deleted is told.")
def master_data_is_as_it_was_audited(scope: Scope) -> Iterator[Violation]:
    """Rows from before there was an audit are compared in what was changed since."""
    for model in sorted(auditlog.get_models(), key=lambda model: model._meta.db_table):
        yield from _changed(model)
        yield from _unheard_of(model)


def _changed(model: type[models.Model]) -> Iterator[Violation]:
    rows: list[Any] = []
    for row in model._base_manager.order_by("pk").iterator(chunk_size=_READ_AT_ONCE):
        rows.append(row)
        if len(rows) == _READ_AT_ONCE:
            yield from _not_as_told(model, rows)
            rows = []
    yield from _not_as_told(model, rows)


def _not_as_told(model: type[models.Model], rows: Sequence[Any]) -> Iterator[Violation]:
    entries = _entries(model).filter(object_pk__in=[str(row.pk) for row in rows]).order_by("id")
    told: dict[str, dict[str, str]] = {}
    made: set[str] = set()
    for key, action, changes in entries.values_list("object_pk", "action", "changes"):
        if action == _MADE:  # again, where an id was given anew
            made.add(key)
            told[key] = {}
        told.setdefault(key, {}).update(
            {name: pair[1] for name, pair in (changes or {}).items() if isinstance(pair, list)}
        )
    fields = _fields(model)
    for row in rows:
        known = {**_by_migrate(model, row.pk), **told.get(str(row.pk), {})}
        for field in fields:
            if field.name not in known and str(row.pk) not in made:
                continue
            expected, found = known.get(field.name, _default(field)), get_field_value(row, field)
            if not _same(field, expected, found):
                yield Violation(f"{_name(model, row.pk)}, {field.column}", expected, str(found))


def _by_migrate(model: type[models.Model], key: Any) -> dict[str, str]:
    """What `migrate` made without an entry: an account's kind, which no form changes, and what
    staff may do in the first store, whose form is audited."""
    if model is Store and key == Store.FIRST_ID:
        fields = model._meta.concrete_fields
        return {field.name: _default(field) for field in fields if field.name.startswith(_RULES)}
    if model is not LedgerAccount:
        return {}
    return {
        name: value
        for code, _, _, kind, is_control in chart.ACCOUNTS
        if code == key
        for name, value in (("kind", str(kind)), ("is_control", str(is_control)))
    }


def _unheard_of(model: type[models.Model]) -> Iterator[Violation]:
    """What was made and is gone without an entry, or is there without one, though older are not."""
    there = set(map(str, model._base_manager.values_list("pk", flat=True)))
    made, gone = (
        set(_entries(model).filter(action=action).values_list("object_pk", flat=True))
        for action in (_MADE, _GONE)
    )
    for key in sorted(made - gone - there):
        yield Violation(_name(model, key), "a row, as nobody deleted it", "none")
    if made and isinstance(model._meta.pk, models.AutoField):
        first = min(int(key) for key in made)
        for number in sorted(int(key) for key in there - made):
            if number > first:
                yield Violation(_name(model, number), "no row, as nobody made it", "a row")


def _entries(model: type[models.Model]) -> "models.QuerySet[AuditEntry]":
    entries: models.QuerySet[AuditEntry] = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), action__in=_WRITTEN
    )
    return entries


def _fields(model: type[models.Model]) -> list[Any]:
    """The audited columns whose values are told; of secrets it is only said that they changed."""
    rules = auditlog.get_model_fields(model)
    secret, excluded, included = (
        set(rules[name]) for name in ("mask_fields", "exclude_fields", "include_fields")
    )
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in secret | excluded
        and (not included or field.name in included)
        and not field.primary_key
    ]


def _default(field: Any) -> str:
    if field.default is models.NOT_PROVIDED:
        return "None"
    return str(field.default() if callable(field.default) else field.default)


def _same(field: Any, expected: str, found: Any) -> bool:
    text = str(found)
    if isinstance(field, models.DecimalField) and "None" not in (expected, text):
        return Decimal(expected) == Decimal(text)
    return expected == text or {expected, text} == {"", "None"}


def _name(model: type[models.Model], key: Any) -> str:
    return f"{model._meta.db_table} {key}"
