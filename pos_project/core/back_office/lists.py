"""What every list of the back office can do: amounts on the right, what the filtered rows come to,
days by one click, its filters in words, and all of its rows as a file."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DecimalField, Expression, F, Model, QuerySet, Sum
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from pos_project.core.back_office.own_lists import PRESETS, name_of
from pos_project.core.back_office.ranges import RANGES
from pos_project.core.days import today
from pos_project.core.http import xlsx_file
from pos_project.core.http.csv_file import encode
from pos_project.core.money import ZERO, money

CSV, XLSX = "csv", "xlsx"
AS_FILE = "as"  # of a list's address: which file is wanted instead of the page
ROWS_AT_ONCE = 1000
# Columns that are for looking at, or for doing.
_NOT_IN_FILES = {"action_checkbox", "thumbnail", "edit"}


class Amount(SafeString):
    """An amount as a list shows it; `value` is the number, for files."""

    value: Decimal | None = None


def amount_text(value: Decimal | None, text: str | None = None) -> Amount:
    """`1,234.50`, or `text`, on the right of its column; a dash for none."""
    text = text or ("–" if value is None else f"{value:,.2f}")
    shown = Amount(format_html('<span class="shop-amount">{}</span>', text))
    shown.value = value
    return shown


@cache
def _money_column(model: type[Model], name: str) -> Any:
    field: Any = model._meta.get_field(name)

    # The most first: that is what an amount is sorted for.
    @display(description=str(field.verbose_name), ordering=f"-{name}")
    def shown(row: Any) -> Amount:
        return amount_text(getattr(row, name))

    shown.__name__ = name
    return shown


def with_amounts(
    model: type[Model], columns: Sequence[Any], editable: Sequence[str]
) -> tuple[Any, ...]:
    """The columns of a list, those of money by themselves turned into columns of amounts."""
    fields = {field.name: field for field in model._meta.get_fields()}

    def is_money(name: Any) -> bool:
        field = fields.get(name) if isinstance(name, str) else None
        is_decimal = isinstance(field, DecimalField) and field.decimal_places == 2
        return is_decimal and name not in editable

    return tuple(_money_column(model, name) if is_money(name) else name for name in columns)


def totals(rows: "QuerySet[Any]", sums: Mapping[str, str | Expression]) -> list[tuple[str, str]]:
    """What the rows come to: by label, a column or an expression. One statement."""
    if not sums:
        return []
    asked = {
        f"total_{at}": Sum(F(each) if isinstance(each, str) else each)
        for at, each in enumerate(sums.values())
    }
    found = rows.order_by().aggregate(**asked)
    amounts = (found[f"total_{at}"] for at in range(len(sums)))
    return [
        (label, f"{money(sum_ or ZERO):,.2f}") for label, sum_ in zip(sums, amounts, strict=True)
    ]


# --- Filters ---


def presets(changelist: Any) -> list[dict[str, Any]]:
    """Ranges of the list's own day, each a link; none where it has no day to choose by."""
    spec = next(
        (each for each in changelist.filter_specs if isinstance(each, RangeDateFilter)), None
    )
    if spec is None:
        return []
    first, last = f"{spec.parameter_name}_from", f"{spec.parameter_name}_to"
    chosen = (spec.used_parameters.get(first), spec.used_parameters.get(last))
    links = []
    for each in (RANGES[name] for name in PRESETS):
        days = each.of(today())
        ends = (days.first.isoformat(), days.last.isoformat())
        address = changelist.get_query_string(
            dict(zip((first, last), ends, strict=True)), [PAGE_VAR]
        )
        links.append({"title": each.title, "link": address, "here": ends == chosen})
    return links


def in_words(changelist: Any) -> list[str]:
    """Which rows the list shows: a sentence for each filter that is set, and the search."""
    told = [] if not changelist.query else [f"Search: {changelist.query}"]
    for spec in changelist.filter_specs:
        if not any(spec.used_parameters.values()):
            continue
        title = str(spec.title).capitalize()
        if isinstance(spec, RangeDateFilter):
            ends = [
                spec.used_parameters.get(f"{spec.parameter_name}_{end}") for end in ("from", "to")
            ]
            told.append(f"{title}: {' to '.join(_day(end) for end in ends)}")
            continue
        chosen = [each for each in spec.choices(changelist) if each.get("selected")]
        told += [f"{title}: {each['display']}" for each in chosen]
    return told


def _day(text: Any) -> str:
    try:
        return datetime.fromisoformat(str(text)).strftime("%d-%m-%Y")
    except ValueError:
        return "…"


# --- Files ---


def as_file(changelist: Any, wanted: str) -> HttpResponseBase:
    """All rows that the filters leave, in the list's order and columns."""
    page = changelist.model_admin
    columns = [name for name in changelist.list_display if name_of(name) not in _NOT_IN_FILES]
    header = [capfirst(str(label_for_field(name, changelist.model, page))) for name in columns]
    title = str(changelist.model._meta.verbose_name_plural)
    found = changelist.queryset.iterator(chunk_size=ROWS_AT_ONCE)
    rows = ([_value(name, row, page) for name in columns] for row in found)
    answer: HttpResponseBase
    if wanted == XLSX:
        content = xlsx_file.render(title.capitalize(), header, rows)
        answer = HttpResponse(content, content_type=xlsx_file.CONTENT_TYPE)
    else:
        parts = encode(_with_header(header, rows))
        answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    name = f"{slugify(title)}-{today()}.{wanted}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _with_header(
    header: Sequence[str], rows: Iterator[Sequence[Any]]
) -> Iterator[list[Sequence[Any]]]:
    yield [header]
    for row in rows:
        yield [row]


def _value(column: Any, row: Any, page: Any) -> Any:
    """A cell as a plain value: a number where it is one, else the text of the page."""
    try:
        field, _, value = lookup_field(column, row, page)
    except ObjectDoesNotExist:
        return None
    if field is not None and field.is_relation:
        return str(getattr(row, field.name) or "")
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, tuple):  # a label: its colour, its words
        value = value[-1]
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, Amount):
        return value.value
    if isinstance(value, SafeString):
        text = strip_tags(value)
        return text if text != "–" else None
    return value if isinstance(value, int | float | str) or value is None else _plain(value)


def _plain(value: Any) -> Any:
    return value if hasattr(value, "as_tuple") or hasattr(value, "isoformat") else str(value)


def file_links(changelist: Any) -> list[tuple[str, str]]:
    """The list's own address, for each kind of file."""
    return [
        (name.upper(), changelist.get_query_string({AS_FILE: name}, [PAGE_VAR]))
        for name in (CSV, XLSX)
    ]
