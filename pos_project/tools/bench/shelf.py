"""Stock while the shop's past is made up: first in, first out, in whole numbers.

Units are whole, unit costs are in hundredths of a cent, amounts in cents. The rules are those of
`inventory.fifo` (rulings of cost: a movement costs the change of its batch's value), which a test
holds this against.
"""

from bisect import insort
from dataclasses import dataclass
from operator import attrgetter

PLACE = attrgetter("received_on", "id")


def worth(units: int, unit_cost: int) -> int:
    """What `units` of a batch are worth, in cents, half up."""
    return (units * unit_cost + 50) // 100


@dataclass(slots=True, eq=False)
class Lot:
    """A batch. `unit_cost` is in hundredths of a cent, days and moments are text."""

    id: int
    product_id: int
    origin: str
    received_on: str
    unit_cost: int
    quantity: int
    created_at: str
    purchase_item_id: int | None = None
    remaining: int = 0


@dataclass(slots=True)
class Moved:
    """Units taken from a lot (or, below zero, put back), and their cost in cents."""

    lot: Lot
    units: int
    cost: int


class Shelf:
    """All lots of the shop; the open ones by product, oldest first."""

    def __init__(self) -> None:
        self.lots: list[Lot] = []
        self.units: dict[int, int] = {}
        self._open: dict[int, list[Lot]] = {}

    def add(self, lot: Lot) -> int:
        """Put a new lot on the shelf; returns its worth."""
        self.lots.append(lot)
        self._fill(lot, lot.quantity)
        return worth(lot.quantity, lot.unit_cost)

    def take(self, product_id: int, units: int) -> list[Moved]:
        """Take units that are there, oldest lots first."""
        self.units[product_id] -= units
        taken, shelf = [], self._open[product_id]
        while units:
            lot = shelf[0]
            before = lot.remaining
            part = before if before < units else units
            lot.remaining = after = before - part
            cost = worth(before, lot.unit_cost) - worth(after, lot.unit_cost)
            taken.append(Moved(lot, part, cost))
            units -= part
            if not after:
                del shelf[0]
        return taken

    def put_back(self, uses: list[Moved], units: int) -> list[Moved]:
        """Put units back where they came from, newest use first; `uses` then hold that less."""
        back = []
        for use in reversed(uses):
            part = min(use.units, units)
            if part:
                cost = worth(use.lot.remaining, use.lot.unit_cost)
                self._fill(use.lot, part)
                cost -= worth(use.lot.remaining, use.lot.unit_cost)
                back.append(Moved(use.lot, -part, cost))
                use.units -= part
                units -= part
        assert not units, uses
        return back

    def _fill(self, lot: Lot, units: int) -> None:
        if not lot.remaining:
            insort(self._open.setdefault(lot.product_id, []), lot, key=PLACE)
        lot.remaining += units
        self.units[lot.product_id] = self.units.get(lot.product_id, 0) + units
