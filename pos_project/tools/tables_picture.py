"""The tables as a picture, made from the models: which there are, and which points to which."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

APPS = ("accounts", "catalog", "inventory", "ledger", "sales", "purchasing", "summaries", "core")


@dataclass(frozen=True)
class Reference:
    """A foreign key, from table to table."""

    table: str
    column: str
    to: str


def tables_by_app() -> dict[str, list[str]]:
    """The shop's tables by app; Django's own are not among them."""
    return {
        label: sorted(model._meta.db_table for model in apps.get_app_config(label).get_models())
        for label in APPS
    }


def references() -> Iterator[Reference]:
    """The foreign keys between them, sorted."""
    ours = {table for tables in tables_by_app().values() for table in tables}
    found = {
        Reference(model._meta.db_table, field.column, field.remote_field.model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }
    kept = (each for each in found if {each.table, each.to} <= ours)
    yield from sorted(kept, key=lambda each: (each.table, each.column))


def as_dot() -> str:
    """The picture in the language of Graphviz. Who wrote a row is left out: nearly all tables
    point to users and stores, and the picture would be nothing but those lines."""
    lines = [
        "digraph tables {",
        '  graph [rankdir=LR, ranksep=1.1, nodesep=0.12, fontname="sans-serif", fontsize=15];',
        '  node [shape=box, style="filled,rounded", fillcolor=white, color="#6366f1", height=0.3,'
        ' fontname="sans-serif", fontsize=12];',
        '  edge [color="#64748b", arrowsize=0.6, fontname="sans-serif", fontsize=9,'
        ' fontcolor="#64748b"];',
    ]
    for label, tables in tables_by_app().items():
        lines.append(f'  subgraph cluster_{label} {{ label="{label}"; style="rounded,filled";')
        lines.append('    color="#e0e7ff"; fillcolor="#f8fafc";')
        lines += [f'    "{table}";' for table in tables]
        lines.append("  }")
    lines += [f'  "{each.table}" -> "{each.to}" [tooltip="{each.column}"];' for each in drawn()]
    return "\n".join([*lines, "}", ""])


def drawn() -> list[Reference]:
    """The references that the picture shows."""
    return [each for each in references() if each.to not in ("users", "stores")]
