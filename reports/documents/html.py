"""A paper as a page that prints itself well."""

import segno
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from pos_project.core.period import Period
from reports.documents.document import Paper, Size


def render(paper: Paper, *, pdf_url: str, days: Period | None = None) -> str:
    """The page of a paper, with its buttons to print it and to fetch it as PDF.

    `days` are those it is about, where others may be chosen.
    """
    tables = [
        {
            "title": table.title,
            "columns": table.columns,
            "rows": [list(zip(table.columns, row, strict=True)) for row in table.rows],
            "sums": table.sums,
        }
        for table in paper.tables
    ]
    code = None
    if paper.code:
        # segno writes the picture itself; nothing of the text stands in it as markup.
        drawn = segno.make(paper.code, error="m", micro=False)
        code = mark_safe(drawn.svg_inline(scale=4, border=0))  # noqa: S308
    return render_to_string(
        "documents/paper.html",
        {
            "paper": paper,
            "tables": tables,
            "narrow": paper.size is Size.ROLL,
            "logo_url": paper.shop.logo_url,
            "code": code,
            "pdf_url": pdf_url,
            "days": days,
        },
    )
