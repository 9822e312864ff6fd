"""What every correction has in common: a posted row is undone once, by its opposite.

The opposite has the type of the first, runs the other way, names the first in `reverses`, and
counts on the day it is made. A correction is not undone again: what was right is entered anew.
"""

from typing import Any

from django.db.models import Q

from pos_project.core.errors import Conflict

# Rows that were not undone, for counts; sums need no filter, for opposites cancel out.
STANDING = Q(reverses__isnull=True, reversed_by__isnull=True)


class AlreadyReversed(Conflict):
    code = "already_reversed"


class PartOfDocument(Conflict):
    """What was asked to be reversed is one side of a document, which is corrected as a whole."""

    code = "part_of_document"


def require_reversible(first: Any, noun: str) -> None:
    """Raise Conflict when the row is a reversal or has one. The caller holds the row's lock."""
    if first.reverses_id is not None:
        raise Conflict(f"This {noun} is itself a reversal. Enter what is right anew.")
    by = type(first)._default_manager.filter(reverses_id=first.pk).values_list("pk", flat=True)
    for reversal_id in by:
        raise AlreadyReversed(f"This {noun} is reversed already, by {noun} {reversal_id}.")
