"""A document as a page that prints itself well."""

from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from pos_project.core.period import Period
from reports.documents.document import Document, Size, Table, amount, written

# How many letters of figures fit beside each other and leave room for words; more are set smaller.
_FIGURES = {Size.A4: 56, Size.ROLL: 24}


def render(document: Document, *, pdf_url: str, days: Period | None = None) -> str:
    """The page, with its buttons to print it and to fetch it as PDF. Raises TooLong.

    `days` are those it is about, where others may be chosen.
    """
    code = None
    if document.code:
        # segno writes the picture itself; nothing of the text stands in it as markup.
        drawn = segno.make(document.code, error="m", micro=False)
        code = mark_safe(drawn.svg_inline(scale=4, border=0))  # noqa: S308  (drawn by the library)
    tables = [_shown(table, document) for table in document.tables]
    return render_to_string(
        "documents/document.html",
        {
            "document": document,
            "tables": tables,
            "narrow": document.size is Size.ROLL,
            "height": _height(document, tables),
            "code": code,
            "pdf_url": pdf_url,
            "days": days,
        },
    )


def _shown(table: Table, document: Document) -> dict[str, Any]:
    rows = [
        (
            row.style,
            [
                (written(cell, column.kind), column.is_figure)
                for cell, column in zip(row.cells, table.columns, strict=False)
            ],
        )
        for row in table.printed_rows()
    ]
    sign = document.shop.currency_sign
    sums = [
        (each.label, amount(each.amount, sign=sign if each.is_total else ""), each.is_total)
        for each in table.sums
    ]
    figures = sum(
        max((len(cells[at][0]) for _, cells in rows if len(cells) > at), default=0)
        for at, column in enumerate(table.columns)
        if column.is_figure
    )
    return {
        "title": table.title,
        "columns": table.columns,
        "rows": rows,
        "sums": sums,
        "type_percent": min(100, 100 * _FIGURES[document.size] // max(figures, 1)),
    }


def _height(document: Document, tables: list[dict[str, Any]]) -> int:
    """Some mm more than a roll is printed long: a browser wants to know before it has set it."""
    texts = [*document.shop.lines, document.shop.footer, *document.notes]
    texts += [value for _, value in document.facts]
    texts += [cells[0][0] for table in tables for _, cells in table["rows"]]
    texts += [label for table in tables for label, _, _ in table["sums"]]
    wrapped = sum(len(text) // 14 + text.count("\n") for text in texts)
    pictures = 28 * bool(document.code) + 20 * bool(document.shop.logo)
    return 50 + pictures + 6 * len(texts) + 4 * wrapped
