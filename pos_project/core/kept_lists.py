"""How each person wants the lists of the back office: the columns they leave out, and filters
under a name. Theirs alone; nothing else depends on it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pos_project.core.db.transactions import transact
from pos_project.core.errors import Invalid
from pos_project.core.models import KeptList

MOST_FILTERS = 20  # of one list
MOST_NAME, MOST_QUERY = 60, 2000
COLUMNS = ""  # the name of the row that is about columns


@dataclass(frozen=True)
class Kept:
    """What somebody keeps of a list. `filters`: name → query."""

    left_out: Collection[str] = ()
    filters: Mapping[str, str] = field(default_factory=dict)


def kept_of(user: Any, page: str) -> Kept:
    """What this person keeps of a list; one statement."""
    rows = KeptList.objects.filter(user_id=user.pk, page=page).order_by("name")
    by_name = dict(rows.values_list("name", "kept"))
    return Kept(by_name.pop(COLUMNS, "").split(), by_name)


def leave_out(user: Any, page: str, columns: Collection[str]) -> None:
    """Keep which columns of a list are not shown to this person."""
    _keep(user, page, COLUMNS, " ".join(columns))


def keep_filters(user: Any, page: str, name: str, query: str) -> None:
    """Keep filters of a list under a name; the same name again means them instead.

    Raises Invalid for no name, no filter, and more than there is room for.
    """
    name = " ".join(name.split())
    if not name or len(name) > MOST_NAME:
        raise Invalid(f"A name has 1 to {MOST_NAME} letters.")
    if not query:
        raise Invalid("Choose filters first: there are none to be kept.")
    if len(query) > MOST_QUERY:
        raise Invalid("These filters are too long to be kept.")
    others = KeptList.objects.filter(user_id=user.pk, page=page).exclude(name__in=(COLUMNS, name))
    if others.count() >= MOST_FILTERS:
        raise Invalid(f"{MOST_FILTERS} names are kept for a list: forget one first.")
    _keep(user, page, name, query)


def forget_filters(user: Any, page: str, name: str) -> None:
    """Forget the filters of this name; nothing where there are none."""
    mine = KeptList.objects.filter(user_id=user.pk, page=page).exclude(name=COLUMNS)
    transact(lambda: mine.filter(name=name).delete())


def _keep(user: Any, page: str, name: str, kept: str) -> None:
    transact(
        lambda: KeptList.objects.update_or_create(
            {"kept": kept}, user_id=user.pk, page=page, name=name
        )
    )
