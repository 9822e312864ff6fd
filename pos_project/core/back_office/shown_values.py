"""How values are shown wherever they stand: quantities, statuses, people."""

from html import unescape
from typing import Any

from django.utils.html import strip_tags
from unfold.decorators import display


def _no_link(contents: Any) -> str:
    """The page of a person is for admins; others would stand before a closed door."""
    return unescape(strip_tags(str(contents)))


PEOPLE_BY_NAME = {"user": _no_link, "created_by": _no_link, "updated_by": _no_link}


def units(column: str, title: str = "") -> Any:
    """A column of quantities as people write them: 1, not 1.000; for a class's `list_display`,
    `fields` and `readonly_fields`."""

    @display(description=title or column, ordering=column)
    def shown(_page: Any, row: Any) -> str:
        return f"{getattr(row, column).normalize():f}"

    return shown


@display(
    description="status",
    ordering="status",
    label={"active": "success", "inactive": "warning", "banned": "danger"},
)
def status_label(_page: Any, row: Any) -> tuple[str, str]:
    """The column of a row's status, in its colour, for a class's `list_display`."""
    return row.status, row.get_status_display()
