"""The tree of an explanation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Unit = Literal["money", "units"]
UNEXPLAINED = "Not explained by any row"
MOST_CHILDREN = 100  # of one node; what is beyond is summed up in a last child


@dataclass(frozen=True)
class Node:
    """A figure in words. `about` holds the ids and names of the row it is, for programs."""

    label: str
    amount: Decimal
    children: tuple["Node", ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    unit: Unit = "money"

    def leaves(self) -> Iterator["Node"]:
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def as_data(self) -> dict[str, Any]:
        """The tree as plain data, for JSON."""
        return {
            "label": self.label,
            "amount": self.amount,
            "unit": self.unit,
            "about": dict(self.about),
            "children": [child.as_data() for child in self.children],
        }


@dataclass(frozen=True)
class Explanation:
    """What is explained, and its figures."""

    title: str
    about: Mapping[str, Any]
    figures: tuple[Node, ...]


def explained(
    label: str,
    amount: Decimal,
    children: Iterable[Node],
    *,
    about: Mapping[str, Any] | None = None,
    unit: Unit = "money",
) -> Node:
    """A figure as the books hold it, and the rows behind it.

    Where they do not add up, which `reconcile` names as a broken law, the difference is a leaf.
    """
    parts = tuple(children)
    missing = amount - sum((part.amount for part in parts), Decimal(0))
    if missing:
        parts = (*parts, Node(UNEXPLAINED, missing, unit=unit))
    return Node(label, amount, parts, about or {}, unit)


def bounded(nodes: Iterable[Node], *, what: str, unit: Unit = "money") -> list[Node]:
    """The first hundred nodes; the others as one."""
    listed = list(nodes)
    shown, others = listed[:MOST_CHILDREN], listed[MOST_CHILDREN:]
    if others:
        rest = sum((node.amount for node in others), Decimal(0))
        shown.append(Node(f"{len(others)} more {what}", rest, unit=unit))
    return shown


def units_text(units: Decimal) -> str:
    """Units without needless decimals: `3`, `0.5`."""
    return f"{units.normalize():f}"
