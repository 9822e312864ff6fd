"""A document's table in a PDF: words wrap, figures never do.

The columns of figures are as wide as their widest one, words share what is left; where that is too
little, as on a roll with amounts of millions, the figures are set smaller.
"""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.enums import TA_RIGHT
from reportlab.platypus import LongTable, TableStyle

from reports.documents.document import Column, Row, Sum, Table, amount, written
from reports.documents.fonts import (
    BAND,
    BOLD,
    FONT,
    INK,
    LINE,
    is_plain,
    style,
    text,
    width_of,
)

NO_PADDING = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
]
PADDING = 3  # left and right of each cell
LEADING = 1.25
LEAST_WORDS = 0.28  # of the width is for words, however long the figures are


def grid(table: Table, width: float, size: float, *, sign: str, shaded: bool) -> LongTable:
    """The table with its sums, `width` points wide, in type of `size` points. Raises TooLong."""
    columns, rows = table.columns, table.printed_rows()
    texts = [
        [written(cell, column.kind) for cell, column in zip(row.cells, columns, strict=False)]
        for row in rows
    ]
    sums = [amount(each.amount, sign=sign if each.is_total else "") for each in table.sums]
    size, widths = _fitted(columns, texts, sums, width, size)
    look: list[tuple[Any, ...]] = _look(columns, size, shaded=shaded)
    body = [
        [
            _cell(column.label, column, at, size, True)
            for column, at in zip(columns, widths, strict=True)
        ]
    ]
    for row, words in zip(rows, texts, strict=True):
        look += _look_of(row, len(body), size, shaded=shaded)
        if row.style == "heading":
            heading = _words(words[0], width, size + 1, bold=True)
            body.append([heading, *[""] * (len(columns) - 1)])
            continue
        bold = row.style != "line"
        body.append(
            [
                _cell(each, column, at, size, bold)
                for each, column, at in zip(words, columns, widths, strict=True)
            ]
        )
    for each, figure in zip(table.sums, sums, strict=True):
        look += _look_of_sum(each, len(body), size)
        label = _words(each.label, width - widths[-1], size, bold=each.is_total, right=True)
        figure = _cell(figure, _SUM, widths[-1], size, each.is_total)
        body.append([label, *[""] * (len(columns) - 2), figure])
    return LongTable(body, colWidths=widths, repeatRows=1, style=TableStyle(look))


_SUM = Column("", "money")


def _fitted(
    columns: Sequence[Column],
    texts: Sequence[Sequence[str]],
    sums: Sequence[str],
    width: float,
    size: float,
) -> tuple[float, list[float]]:
    """The size of the type, and the width of each column."""
    needed: dict[int, float] = {}
    for at, column in enumerate(columns):
        if column.kind != "text":
            cells = [words[at] for words in texts if len(words) > at]
            last = sums if at == len(columns) - 1 else ()
            widest = (width_of(each, size, bold=True) for each in (column.label, *cells, *last))
            needed[at] = max(widest) + 1  # what rounding may take
    share = width / sum(column.width for column in columns)
    wished = [column.width * share for column in columns]
    words = sum(each for at, each in enumerate(wished) if at not in needed)
    most = width - min(words, width * LEAST_WORDS)
    padding = 2 * PADDING * len(needed)
    scale = min(1, (most - padding) / sum(needed.values())) if needed else 1
    needed = {at: each * scale + 2 * PADDING for at, each in needed.items()}
    fixed = {at: max(each, wished[at]) for at, each in needed.items()}
    if sum(fixed.values()) > most + 0.01:
        fixed = needed
    left = width - sum(fixed.values())
    return size * scale, [
        fixed[at] if at in fixed else left * each / words for at, each in enumerate(wished)
    ]


def _cell(words: str, column: Column, width: float, size: float, bold: bool) -> Any:
    return _words(words, width, size, bold=bold, right=column.is_figure)


def _words(words: str, width: float, size: float, *, bold: bool, right: bool = False) -> Any:
    """Plain text where that will do: a paragraph, which wraps and shapes, costs a hundred times."""
    room = width - 2 * PADDING
    if is_plain(words) and width_of(words, size, bold=bold) <= room:
        return words
    more = {"alignment": TA_RIGHT} if right else {}
    return text(words, style(size, bold=bold, leading=size * LEADING, **more), room)


def _look(columns: Sequence[Column], size: float, *, shaded: bool) -> list[tuple[Any, ...]]:
    """How the table looks as a whole, and its header."""
    return [
        ("FONT", (0, 0), (-1, -1), FONT, size, size * LEADING),
        ("FONT", (0, 0), (-1, 0), BOLD, size, size * LEADING),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        *([("BACKGROUND", (0, 0), (-1, 0), BAND)] if shaded else ()),
        *(
            ("ALIGN", (at, 0), (at, -1), "RIGHT")
            for at, column in enumerate(columns)
            if column.is_figure
        ),
    ]


def _look_of(row: Row, at: int, size: float, *, shaded: bool) -> list[tuple[Any, ...]]:
    whole = ((0, at), (-1, at))
    if row.style == "line":
        return [("LINEBELOW", *whole, 0.25, LINE)]
    if row.style == "heading":
        return [
            ("SPAN", *whole),
            ("FONT", *whole, BOLD, size + 1, (size + 1) * LEADING),
            ("TOPPADDING", *whole, 8),
        ]
    look: list[tuple[Any, ...]] = [
        ("FONT", *whole, BOLD, size, size * LEADING),
        ("LINEABOVE", *whole, 0.6, INK),
    ]
    if row.style == "grand":
        look += [("LINEBELOW", *whole, 1.2, INK)]
        look += [("BACKGROUND", *whole, BAND)] if shaded else []
    return look


def _look_of_sum(each: Sum, at: int, size: float) -> list[tuple[Any, ...]]:
    look: list[tuple[Any, ...]] = [
        ("SPAN", (0, at), (-2, at)),
        ("ALIGN", (0, at), (0, at), "RIGHT"),
        ("TOPPADDING", (0, at), (-1, at), 1.4),
        ("BOTTOMPADDING", (0, at), (-1, at), 1.4),
    ]
    if each.is_total:
        look += [
            ("FONT", (0, at), (-1, at), BOLD, size, size * LEADING),
            ("LINEABOVE", (-1, at), (-1, at), 0.8, INK),
        ]
    return look
