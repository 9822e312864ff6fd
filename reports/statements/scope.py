"""What a statement of the books is about: whose books, and which days of them."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from pos_project.core.days import local_text
from pos_project.core.period import Period
from reports.documents.document import Document, Letterhead, Table, day
from reports.statements.account_movements import BEGINNING


@dataclass(frozen=True)
class Scope:
    """One store's books, or all stores' (`store_id` None). A period from the beginning on means:
    as of the end of its last day. `known_on` leaves out what was entered after that day."""

    shop: Letterhead
    store_id: int | None
    period: Period
    known_on: date | None = None

    @property
    def day(self) -> date:
        return self.period.last

    @property
    def is_as_of(self) -> bool:
        return self.period.first == BEGINNING

    @property
    def days(self) -> str:
        """The days in a file's name."""
        days = f"{self.day}" if self.is_as_of else f"{self.period.first}-{self.day}"
        return days if self.known_on is None else f"{days}-known-{self.known_on}"

    def document(self, title: str, name: str, table: Table, *notes: str) -> Document:
        """A statement as it is printed now; `name` and the days make the name of its files."""
        about = (
            ("As of", f"the end of {day(self.day)}")
            if self.is_as_of
            else ("Period", f"{day(self.period.first)} to {day(self.day)}")
        )
        abouts, head = [about], ""
        if self.known_on is not None:
            known = ("As known on", f"the end of {day(self.known_on)}")
            abouts, head = [about, known], " ".join(known)
        printed = f"printed {local_text(timezone.now())}"
        return Document(
            title,
            printed,
            self.shop.for_the_books,
            abouts,
            [table],
            notes=notes,
            name=f"{name}-{self.days}",
            head=head,
        )
