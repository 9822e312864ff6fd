"""Figures over all of a table's history, kept in the process, brought up to date by its new rows.

Some lists are ordered by what all sales of weeks come to. Summed up for each request that is the
dearest question a till asks; a counter in a row would have to be written by every sale. So a
process reads everything once, and from then on only what was added since: one short read by the
primary key. Nothing is kept in the database, so nothing there can go wrong.

Ids are given before a transaction commits: a row may show up after rows with higher ids. An id
that was passed over is looked for again with each read, until whoever took it must have given up.
"""

from abc import ABC, abstractmethod
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, takewhile
from threading import Lock, RLock
from time import monotonic
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from pos_project.core.db.prepared import Prepared
from pos_project.core.db.transactions import snapshot
from pos_project.core.remembered import Remembered

PATIENCE_SECONDS = 300.0  # a use case gives up after a minute
MOST_MISSING = 10_000  # ids that are looked for; the newest of them
MOST_NAMED = 256  # beyond this many, all rows between the first and the last are read instead
# Of more, those that were passed over just now are looked for each time, all others now and then:
# all rows between them are read for it. So are many that are not settled (parked sales, say).
YOUNG_SECONDS, LOOK_AGAIN_SECONDS = 5.0, 1.0
LAST_ONES = 100  # of a long run of missing ids, which may be under way
MOST_NEW = 20_000  # beyond this many new rows, to read everything again costs less
FEW_TO_SORT = 200  # of more, those at the top of the ranking are looked for
LOOK_BACK = 50_000  # of the newest ids at the start, to see which are missing


class Row(Protocol):
    """A row that is followed: its id, and the moment that tells it from another one of that id."""

    @property
    def id(self) -> int: ...
    @property
    def created_at(self) -> Any: ...


class _Place(NamedTuple):
    """The row up to which a table was read. Another one in its place: another database."""

    id: int
    created_at: Any


class Followed(ABC):
    """Figures that follow a table of rows which are added and never removed.

    A subclass reads all of it (`read_all`), takes in a new row (`take`), and says how rows are
    read, by id: those `since` an id, at most `MOST_NEW`; those `named`; those `between` two ids,
    both included; and the `latest`, newest first, to see which ids are missing at the start.
    """

    since: ClassVar[Prepared[Any]]
    named: ClassVar[Prepared[Any]]
    between: ClassVar[Prepared[Any]]
    latest: ClassVar[Prepared[Any]]

    def __init__(self) -> None:
        self.lock = RLock()  # held by whoever looks at the figures or changes them
        self._missing: dict[int, float] = {}  # since when; the oldest first
        self._unsettled: set[int] = set()
        self._look_at_all_at = 0.0
        with snapshot():
            self.read_all()
            latest = self.latest()
        self._place = _Place(*latest[0][:2]) if latest else _Place(0, None)
        known = {row.id for row in latest}
        first = min(known, default=1)
        ids = reversed(range(first, self._place.id))
        self._miss(each for each in ids if each not in known)

    @abstractmethod
    def read_all(self) -> None:
        """Read the figures as they stand. May call `wait_for` for rows that are not settled."""

    @abstractmethod
    def take(self, row: Any) -> bool:
        """Take in a row that is new, or was waited for. False: it will change once more."""

    def wait_for(self, ids: Iterable[int]) -> None:
        """Look at these rows again with every read, until they are settled."""
        self._unsettled.update(ids)

    def catch_up(self) -> bool:
        """Take in what was committed since. False where everything must be read again."""
        place = self._place
        rows = self.since(place.id)
        is_the_same = not place.id or (bool(rows) and _Place(*rows[0][:2]) == place)
        if not is_the_same or len(rows) >= MOST_NEW:
            return False
        late = self._late()
        with self.lock:
            for row in rows:
                self._see(row)
            for row in late:
                self._see(row)
        return True

    def _late(self) -> Sequence[Any]:
        """Rows that were missing, as far as they are there now, and those that are not settled."""
        now = monotonic()
        with self.lock:
            while self._missing and next(iter(self._missing.values())) < now - PATIENCE_SECONDS:
                del self._missing[next(iter(self._missing))]
            looks_at_all = now >= self._look_at_all_at
            if looks_at_all:
                self._look_at_all_at = now + LOOK_AGAIN_SECONDS
            asks_unsettled = looks_at_all or len(self._unsettled) <= MOST_NAMED
            unsettled = list(self._unsettled) if asks_unsettled else []
            if looks_at_all or len(self._missing) <= MOST_NAMED:
                # Where several servers give ids in turn, most ids are missing.
                missing = list(self._missing)
            else:
                newest_first = reversed(self._missing.items())
                young = takewhile(lambda each: each[1] > now - YOUNG_SECONDS, newest_first)
                missing = [each for each, _ in young]
        if len(missing) <= MOST_NAMED:
            return self.named([*missing, *unsettled])
        return [*self.between(min(missing), max(missing)), *self.named(unsettled)]

    def _see(self, row: Any) -> None:
        if row.id > self._place.id:
            self._miss(reversed(range(self._place.id + 1, row.id)))
            self._place = _Place(*row[:2])
        elif row.id in self._missing:
            del self._missing[row.id]
        elif row.id not in self._unsettled:
            return  # known
        if self.take(row):
            self._unsettled.discard(row.id)
        else:
            self._unsettled.add(row.id)

    def _miss(self, newest_first: Iterable[int]) -> None:
        """Look for these ids; of more than `MOST_MISSING` the others are not even counted: a
        server that was told to go on from a high number leaves billions of them out."""
        now = monotonic()
        newest = list(islice(newest_first, MOST_MISSING))
        # Of a long run only the last ones may be under way; the others were left out.
        under_way = dict.fromkeys(reversed(newest[:LAST_ONES]), now)
        self._missing.update(dict.fromkeys(reversed(newest[LAST_ONES:]), now - YOUNG_SECONDS))
        self._missing.update(under_way)
        while len(self._missing) > MOST_MISSING:
            del self._missing[next(iter(self._missing))]


F = TypeVar("F", bound=Followed)


class UpToDate(Remembered[F], Generic[F]):
    """The figures of this process, up to date whenever they are asked for.

    `read` makes them; `key` says what they depend on beyond the table, the day for one.
    """

    def __init__(self, read: Callable[[], F], *, key: Callable[[], Any] = lambda: None) -> None:
        self._make, self._key_of = read, key
        self._kept: tuple[Any, F] | None = None
        self._making = Lock()
        self.everything.append(self)

    def get(self) -> F:
        """The figures with everything that was committed before the call."""
        key, kept = self._key_of(), self._kept
        if kept and kept[0] == key and kept[1].catch_up():
            return kept[1]
        with self._making:
            # Whoever waited while another read everything takes what that one found.
            other = self._kept
            if other is not kept and other and other[0] == key and other[1].catch_up():
                return other[1]
            self._kept = key, self._make()
            return self._kept[1]

    def forget(self, **_: Any) -> None:
        """Read everything the next time."""
        self._kept = None


class Ranking:
    """Things by a figure of theirs, the largest first; of equal ones the highest id first."""

    def __init__(self, figures: Mapping[int, Any]) -> None:
        self.figures = dict(figures)
        self._order = sorted((figure, each) for each, figure in self.figures.items())

    def __len__(self) -> int:
        return len(self._order)

    def put(self, each: int, figure: Any) -> None:
        """Give one its new figure."""
        if each in self.figures:
            del self._order[bisect_left(self._order, (self.figures[each], each))]
        insort(self._order, (figure, each))
        self.figures[each] = figure

    def first(self, count: int) -> list[int]:
        """The first of them."""
        return [each for _, each in self._order[: -count - 1 : -1]]

    def page(self, ids: Iterable[int], start: int, stop: int) -> list[int]:
        """Of these, in order, those from place `start` on and before `stop`; those that have no
        figure come last. Sorts few; for many it walks down the ranking until the page is full."""
        wanted = set(ids)
        if len(wanted) > FEW_TO_SORT:
            best = list(islice((each for _, each in reversed(self._order) if each in wanted), stop))
            if len(best) == stop:
                return best[start:]
        ranked = wanted & self.figures.keys()
        best = sorted(ranked, key=lambda each: (self.figures[each], each), reverse=True)
        return [*best, *sorted(wanted - ranked, reverse=True)][start:stop]
