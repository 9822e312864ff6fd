"""The newest seal, kept where whoever may change the database cannot change it.

A line per night in a file, between them the newest document numbers, and a mail to whoever is
named. That a head was kept is in the audit, which the next seal covers: it is never missed without
somebody noticing.
"""

from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail

from accounts import audit
from accounts.models import AuditEntry
from ledger import closing, numbering
from ledger.closing_models import DaySeal
from ledger.numbering import number_documents
from pos_project.core.errors import DomainError

# Before the number of a store's newest document, in the file; store-0 is the whole shop.
_STORE = "store-"


class HeadNotKept(DomainError):
    code = "head_not_kept"
    status = 503


@dataclass(frozen=True)
class Head:
    day: str
    seal: str


def known() -> list[Head]:
    """The heads in the file, oldest first; none where it cannot be read."""
    return [Head(words[0], words[-1].lower()) for words in _lines() if len(words) < 3]


def known_numbers() -> dict[int | None, tuple[int, str]]:
    """The newest document number in the file, by store: what it is and its hash."""
    numbers = [words for words in _lines() if len(words) == 3]
    return {
        (int(store) or None): (int(number), digest)
        for place, number, digest in numbers
        if (store := place.removeprefix(_STORE)).isdecimal() and number.isdecimal()
    }


def _lines() -> list[list[str]]:
    try:
        text = settings.HEADS_FILE.read_text()
    except OSError:
        return []
    return [words for line in text.splitlines() if (words := line.split())]


def said_to_be_kept() -> list[Head]:
    """The heads that the audit says were kept. An entry that does not say which was tampered with:
    it stands for a head that no chain has."""
    entries = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(DaySeal), action=AuditEntry.Action.ACCESS
    )
    told = entries.order_by("id").values_list("id", "additional_data")
    return [_head_in(entry_id, each) for entry_id, each in told]


def _head_in(entry_id: int, told: Any) -> Head:
    try:
        return Head(str(told["day"]), str(told["seal"]))
    except (KeyError, TypeError, IndexError):
        return Head(f"audit entry {entry_id}", "a head that it names")


def keep() -> int:
    """Write the newest seal to the file and mail it; returns how many were new, 0 or 1.

    Raises HeadNotKept where it could not be written or mailed, or where the file has gone.
    """
    newest = closing.head()
    if newest.day is None or Head(newest.day.isoformat(), newest.seal) in known():
        return 0
    head = Head(newest.day.isoformat(), newest.seal)
    try:
        _add(f"{head.day} {head.seal}")
        audit.head_kept(newest)
        if settings.HEADS_MAIL_TO:
            send_mail(
                f"Books closed until {head.day}",
                "The newest seal of the books. Keep this mail: `manage.py reconcile --head SEAL`"
                f" says later whether closed days were changed.\n\n{head.day} {head.seal}\n",
                None,
                settings.HEADS_MAIL_TO,
            )
    except (OSError, SMTPException) as error:
        raise HeadNotKept(f"The head of {head.day} was not kept: {error}") from error
    return 1


def keep_numbers() -> int:
    """Number what came since the last time, and write each store's newest number to the file;
    returns how many there were.

    Raises HeadNotKept where it could not be written, or where the file has gone.
    """
    numbered = number_documents(since_last=True)
    keep_each_number()
    return numbered


def keep_each_number() -> None:
    """Write each store's newest number to the file. Raises HeadNotKept."""
    known = known_numbers()
    try:
        for newest in numbering.heads():
            if known.get(newest.store_id) != (newest.number, newest.chained):
                _add(f"{_STORE}{newest.store_id or 0} {newest.number} {newest.chained}")
    except OSError as error:
        raise HeadNotKept(f"The newest document number was not kept: {error}") from error


def _add(line: str) -> None:
    file = settings.HEADS_FILE
    if not file.exists() and said_to_be_kept():
        raise HeadNotKept(
            f"{file} is gone, and with it the heads of the seals. Put it back; or, when you know"
            " why and have checked the books with a head that was mailed, make an empty file."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as heads:
        heads.write(f"{line}\n")
