"""Customers and suppliers as files, and what was open with them when the books began."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from import_export import fields
from import_export.widgets import CharWidget

from ledger import parties
from ledger.api.opening_dues import OpeningDueIn
from ledger.dues import DueBook
from ledger.opening_dues import OpeningDue, enter_opening_due, require_openable
from pos_project.core.back_office.forms import as_the_api_does, limits_of, sentence
from pos_project.core.back_office.spreadsheets import SpreadsheetResource, UseCaseResource, says
from pos_project.core.back_office.table_columns import Column, Kind
from pos_project.core.db.search_text import digits_of
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import DomainError
from pos_project.core.images.pictures import PictureChange
from pos_project.core.posting_context import PostingContext

_ID = Column("id", "id", Kind.NUMBER, ("customer id", "supplier id"))
_NAME = Column(
    "name",
    "name",
    Kind.TEXT,
    ("customer", "customer name", "supplier", "supplier name", "company", "full name"),
)
_PHONE = Column("phone", "phone", Kind.CODE, ("phone number", "mobile", "telephone"))
_EMAIL = Column("email", "e-mail", Kind.TEXT, ("email address", "mail"))
PARTY_COLUMNS = (
    _ID,
    _NAME,
    _PHONE,
    _EMAIL,
    Column("alt_phone", "other phone", Kind.CODE, ("phone 2", "second phone")),
    Column("whatsapp", "whatsapp", Kind.CODE),
    Column("division", "division", Kind.TEXT, ("state", "province")),
    Column("district", "district", Kind.TEXT, ("county",)),
    Column("city", "city", Kind.TEXT, ("town",)),
    Column("area", "area", Kind.TEXT),
    Column("post_code", "post code", Kind.CODE, ("postcode", "postal code", "zip", "zip code")),
    Column("road", "road", Kind.TEXT, ("street", "address", "address 1", "address line 1")),
    Column("house", "house", Kind.TEXT, ("address 2", "address line 2")),
    Column("sector", "sector", Kind.TEXT, ("trade", "line of business")),
)
OPENING_DUE_COLUMNS = (
    _ID,
    _NAME,
    _PHONE,
    _EMAIL,
    Column("amount", "amount", Kind.NUMBER, ("due", "balance", "open amount", "owes", "owed")),
    Column("reference", "number", Kind.CODE, ("invoice", "invoice number", "reference", "paper")),
    Column("dated", "date", Kind.DAY, ("invoice date", "dated", "day")),
    Column("note", "note", Kind.TEXT, ("notes", "remark")),
)


class Known:
    """The parties on the list, by what a file says of them: their id, else their phone, else their
    e-mail, else their name. One statement."""

    def __init__(self, book: DueBook) -> None:
        self.book = book
        self.by_id = {str(party.pk): party for party in book.listed()}
        self._found: dict[tuple[str, str | None], list[Any]] = defaultdict(list)
        for party in self.by_id.values():
            for name, key in _keys(vars(party)).items():
                self._found[name, key].append(party)

    def find(self, row: Mapping[str, Any]) -> Any:
        """The party of a row; None for a new one. Raises ValidationError for an id that nobody has
        and for what several have."""
        noun = self.book.party
        if says(row.get("id")):
            party = self.by_id.get(str(row["id"]).removesuffix(".0"))
            if party is None:
                raise ValidationError({"id": f"There is no {noun} {row['id']}."})
            return party
        for name, key in _keys(row).items():
            found = self._found.get((name, key), [])
            if len(found) > 1:
                text = f"Several {noun}s have this {name}: say the id."
                raise ValidationError({name: text})
            return found[0] if found else None
        return None


def _keys(said: Mapping[str, Any]) -> dict[str, str]:
    """What somebody is known by, the surest first; what is empty is none."""
    keys = {
        "phone": digits_of(str(said.get("phone") or "")),
        "email": key_of(str(said.get("email") or "")),
        "name": key_of(str(said.get("name") or "")),
    }
    return {name: key for name, key in keys.items() if key}


class PartyResource(UseCaseResource):
    """A row of somebody known changes them, any other adds somebody, who needs a name."""

    book: ClassVar[DueBook]
    columns: ClassVar[Sequence[Column]] = PARTY_COLUMNS

    class Meta:
        import_id_fields = ()
        skip_unchanged = True
        use_transactions = True
        use_bulk = False  # every change stands in the audit

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._rows: dict[Any, int] = {}  # the first row of each party, and of each new one

    def get_queryset(self) -> Any:
        return self.book.listed()

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self._known = Known(self.book)

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        return self._known.find(row)

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        if new and not says(row.get("name")):
            raise ValidationError({"name": "The name is missing."})
        who = tuple(_keys(row).items()) if new else instance.pk
        if who in self._rows:
            text = f"{row.get('name') or instance.name} stands in row {self._rows[who]} already."
            raise ValidationError({"name": text})
        self._rows[who] = kwargs["row_number"]

    def import_field(self, field: Any, instance: Any, row: Any, *args: Any, **kw: Any) -> None:
        if field.attribute != "id":
            super().import_field(field, instance, row, *args, **kw)

    def add(self, said: dict[str, Any], instance: Any, *, by: Any) -> Any:
        return parties.add_to_list(self.book, said, by=by, picture=PictureChange()).pk

    def change(self, row_id: Any, said: dict[str, Any], *, by: Any) -> None:
        parties.change_in_list(self.book, row_id, said, by=by, picture=PictureChange())


class OpeningDueResource(SpreadsheetResource):
    """Papers that were open when the books began, a row each, of parties on the list. Nothing that
    is there is changed by it; a number is taken once."""

    book: ClassVar[DueBook]
    columns, needed = OPENING_DUE_COLUMNS, ("amount",)

    party = fields.Field("party", "name", widget=CharWidget())
    amount = fields.Field("amount", "amount", widget=CharWidget())
    reference = fields.Field("reference", "reference", widget=CharWidget())
    dated = fields.Field("dated", "dated", widget=CharWidget())
    note = fields.Field("note", "note", widget=CharWidget())

    class Meta:
        fields = ("party", "amount", "reference", "dated", "note")
        import_id_fields = ()
        use_transactions = True

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        self._known = Known(self.book)
        self._context = PostingContext.claim(kwargs["user"])

    def get_instance(self, instance_loader: Any, row: Any) -> None:
        """Every row is a paper of its own."""

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        party = self._known.find(row)
        if party is None:
            text = f"There is no such {self.book.party}: enter them first."
            raise ValidationError({"name": text})
        if not says(row.get("amount")):
            raise ValidationError({"amount": "The amount is missing."})
        limits = limits_of(OpeningDueIn)
        said: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name in ("amount", "reference", "dated", "note"):
            try:
                if says(row.get(name)):
                    said[name] = as_the_api_does(limits[name], row[name])
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)
        instance.opening = OpeningDue(party.pk, **said)
        shown = {**asdict(instance.opening), "party": party.name}
        for name in self._meta.fields:
            setattr(instance, name, shown[name])

    def skip_row(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def validate_instance(self, instance: Any, errors: Any = None, *_: Any, **__: Any) -> None:
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        try:
            require_openable(self.book, instance.opening)
            document = enter_opening_due(self.book, instance.opening, self._context)
        except DomainError as refusal:
            raise ValidationError(sentence(refusal)) from refusal
        instance.pk = document.pk
