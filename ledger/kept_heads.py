"""The newest seal, kept where whoever may change the database cannot change it.

A line per night in a file, and a mail to whoever is named. That it was kept is in the audit, which
the next seal covers: a head is never missed without somebody noticing.
"""

from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail

from accounts import audit
from accounts.models import AuditEntry
from ledger import closing
from ledger.models import DaySeal
from pos_project.core.errors import DomainError


class HeadNotKept(DomainError):
    code = "head_not_kept"
    status = 503


@dataclass(frozen=True)
class Head:
    day: str
    seal: str


def known() -> list[Head]:
    """The heads in the file, oldest first; none where it cannot be read."""
    try:
        text = settings.HEADS_FILE.read_text()
    except OSError:
        return []
    lines = (line.split() for line in text.splitlines())
    return [Head(words[0], words[-1].lower()) for words in lines if words]


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
    head, file = Head(newest.day.isoformat(), newest.seal), settings.HEADS_FILE
    if not file.exists() and said_to_be_kept():
        raise HeadNotKept(
            f"{file} is gone, and with it the heads of the seals. Put it back; or, when you know"
            " why and have checked the books with a head that was mailed, make an empty file."
        )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as heads:
            heads.write(f"{head.day} {head.seal}\n")
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
