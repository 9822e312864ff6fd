"""Lists in the order of a ranking that the process keeps (`core/db/followed.py`).

The ranking says who comes first, the database who is in the list and what is shown of them. How a
list is narrowed is put together once per set of filters; then only its statements are run.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import Any, ClassVar, cast

from cachetools import LRUCache
from django.db.models import Count, QuerySet, Value
from rest_framework.request import Request
from rest_framework.response import Response

from pos_project.core.db.followed import Followed, Ranking
from pos_project.core.db.prepared import Prepared
from pos_project.core.http.endpoints import ASKED_BY, ContractViewSet
from pos_project.core.http.filters import ContractFilter
from pos_project.core.http.formats import wants_csv
from pos_project.core.posting_context import Actor

FEW = 500  # so many rows are sorted here; of more, the first of the ranking are looked at
MORE = 8  # times as many, when those that were looked at do not fill the page; all, if fewer
NOBODY = 0  # no row has this id
SPARE = 12  # looked at beside the page: archived ones stay in the ranking
KEPT = 256  # sets of filters in one process

# Reads the rows of a list by their ids, with all that is shown of them.
Shown = Callable[[Sequence[int]], Sequence[Any]]


class Listing:
    """The rows of a model that some filters leave.

    Few of them are sorted here. Of many, the best of the ranking are looked at, and which of those
    are in the list is asked for together with how many there are: what is found is looked through
    once, and nobody reads the ids of all that was found.

    `narrowed`: whether any filter was given.
    """

    def __init__(self, rows: "QuerySet[Any]", *, narrowed: bool) -> None:
        ids = rows.order_by().values_list("pk", flat=True)
        counted = ids.values(is_count=Value(1)).annotate(number=Count("*"))
        found = rows.order_by().annotate(is_count=Value(0)).values_list("is_count", "pk")
        self.narrowed = narrowed
        self._is_long = False  # as it was when it was last read: what to ask for first
        self._share = 1.0  # of those looked at last, how many were in the list; 0: all are read
        self._count = Prepared[int](lambda: counted.values_list("number", flat=True))
        self._few = Prepared[int](lambda: ids[: FEW + 1])
        self._all = Prepared[int](lambda: ids)
        self._counted_among = Prepared[tuple[int, int]](
            lambda wanted: counted.values_list("is_count", "number").union(
                found.filter(pk__in=wanted), all=True
            )
        )
        self._newest_but = cache(
            lambda most: Prepared[int](
                lambda known: ids.exclude(pk__in=known).order_by("-pk")[:most]
            )
        )

    def cut(
        self, figures: Followed, ranking: Ranking, shown: Shown, start: int, stop: int
    ) -> tuple[int, list[Any]]:
        """How many rows there are, and those of a page, best first, as `shown` reads them."""
        if not self._is_long:
            ids = self._few()
            if len(ids) <= FEW:
                return len(ids), self._sorted_here(ids, figures, ranking, shown, start, stop)
        if start == 0 and not self.narrowed:
            with figures.lock:
                best = ranking.first(stop + SPARE)
            rows = _in_order(best, shown(best)) if best else []
            if len(rows) >= stop:
                return self._long(self._count()[0]), rows[:stop]
        return self._from_the_top(figures, ranking, shown, start, stop)

    def _from_the_top(
        self, figures: Followed, ranking: Ranking, shown: Shown, start: int, stop: int
    ) -> tuple[int, list[Any]]:
        count = int((stop + SPARE) / self._share) if self._share else 0
        while count:
            with figures.lock:
                best = ranking.first(count)
            answered = self._counted_among(best or [NOBODY])
            [total] = [number for is_count, number in answered if is_count]
            self._long(total)
            if start >= total:
                return total, []
            there = {number for is_count, number in answered if not is_count}
            ids = [each for each in best if each in there]
            missing = stop - len(ids)
            if missing <= 0 or len(best) < count:
                self._share = max(len(ids), 1) / max(len(best), 1)
                if missing > 0:  # those without a figure follow, the newest first
                    ids += self._newest_but(1 << missing.bit_length())(best or [NOBODY])
                ids = ids[start:stop]
                return total, _in_order(ids, shown(ids))
            count = count * MORE if count * MORE <= total else 0
        # Too few of the best are in the list: its own ids are fewer than what was to be looked at.
        self._share = 0.0
        ids = self._all()
        page = self._sorted_here(ids, figures, ranking, shown, start, stop)
        return self._long(len(ids)), page

    def _sorted_here(
        self,
        ids: Sequence[int],
        figures: Followed,
        ranking: Ranking,
        shown: Shown,
        start: int,
        stop: int,
    ) -> list[Any]:
        with figures.lock:
            page = ranking.page(ids, start, stop)
        return _in_order(page, shown(page)) if page else []

    def _long(self, total: int) -> int:
        self._is_long = total > FEW
        return total


class RankedList(ContractViewSet):
    """A list that is shown in the order of a ranking unless another one is asked for.

    A view set says which figures (`ranking`), how rows are read (`shown_rows`) and shown
    (`show_ranked`); its filters' `default_sort` names the order.
    """

    filterset_class: ClassVar[type[ContractFilter]]
    _listings: ClassVar[LRUCache[Any, Listing]] = LRUCache(KEPT)
    _lock: ClassVar[Lock] = Lock()

    def ranking(self) -> tuple[Followed, Ranking]:
        raise NotImplementedError

    def shown_rows(self) -> Shown:
        raise NotImplementedError

    def show_ranked(self, rows: Sequence[Any], ranking: Ranking) -> Sequence[dict[str, Any]]:
        raise NotImplementedError

    def list_ranked(self, request: Request) -> Response | None:
        """The page in the ranking's order; None where another order or a file is asked for."""
        asked, filters = request.query_params, self.filterset_class
        in_order = asked.get("sort") in (None, "", filters.default_sort)
        if not in_order or asked.get("order") not in (None, "", "desc") or wants_csv(request):
            return None
        listing = self._listing(asked)
        figures, ranking = self.ranking()
        paginator: Any = self.paginator
        start, stop = paginator.bounds(request, self)
        paginator.total, rows = listing.cut(figures, ranking, self.shown_rows(), start, stop)
        token = ASKED_BY.set(request)
        try:
            return self.get_paginated_response(self.show_ranked(rows, ranking))
        finally:
            ASKED_BY.reset(token)

    def _listing(self, asked: Mapping[str, str]) -> Listing:
        """The list as it is narrowed; what nobody understands is refused (400), never kept."""
        given = tuple(
            (name, asked[name]) for name in self.filterset_class.base_filters if asked.get(name)
        )
        key = type(self), cast(Actor, self.request.user).store_id, given
        with self._lock:
            known = self._listings.get(key)
        if known is None:
            narrowed = any(name not in ("sort", "order") for name, _ in given)
            rows = self.filter_queryset(self.get_queryset())
            known = Listing(rows, narrowed=narrowed)
            with self._lock:
                self._listings[key] = known
        return known


def _in_order(ids: Sequence[int], rows: Sequence[Any]) -> list[Any]:
    found = {row.id: row for row in rows}
    return [found[each] for each in ids if each in found]
