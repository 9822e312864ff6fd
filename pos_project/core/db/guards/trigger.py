"""A trigger as text, the same for both databases."""

from dataclasses import dataclass

PREFIX = "append_only_"


@dataclass(frozen=True)
class Trigger:
    """`body` is what the database keeps of it and gives back, to be compared."""

    table: str
    event: str  # INSERT, UPDATE or DELETE
    body: str
    part: str = ""  # tells two triggers of one event apart

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.table}_{self.event.lower()}{self.part}"

    @property
    def create(self) -> str:
        return f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} {self.body}"


def words(values: tuple[str, ...]) -> str:
    """A list for `IN (…)`; the values are our own statuses."""
    return ", ".join(f"'{value}'" for value in values)


NEVER_CHANGES = "posted rows never change"
NEVER_DELETED = "rows are never deleted"
NO_LATE_LINE = "its document is posted"
STARTS_AS_DRAFT = "a row starts as a draft"
UNBALANCED = "two lines or more, and debit equal to credit"
OVERWRITES = "a row is added, never put in the place of another"
