"""A wallet's transaction pays once: the number that bKash or Nagad gave it is taken by one entry.

Tills that send no number are asked for none. A payment that is taken back frees its number, so
that it can be entered rightly.
"""

from collections.abc import Iterable

from django.db import IntegrityError

from ledger.models import TransactionId
from pos_project.core.db import pipeline
from pos_project.core.db.rows import insert_rows
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict

FIELDS = ("method_id", "number_key", "entry_id")


def claim(numbers: Iterable[tuple[str, str]], *, entry_id: int) -> None:
    """Take these numbers (method and number) for an entry, in one statement; none, in none.

    Raises Conflict when one of them has paid something else, whoever comes at the same moment.
    """
    keys = sorted({(method, key) for method, number in numbers if (key := key_of(number))})
    if not keys:
        return
    pipeline.flush()  # an error from here on is about these rows
    try:
        list(insert_rows(TransactionId, FIELDS, [(*key, entry_id) for key in keys]))
    except IntegrityError as error:
        text = "This transaction number has paid already: " + ", ".join(key for _, key in keys)
        raise Conflict(f"{text}.", fields={"reference": [f"{text}."]}) from error


def free(entry_id: int) -> None:
    """Give back what an entry took: its payment was taken back."""
    TransactionId.objects.filter(entry_id=entry_id).delete()
