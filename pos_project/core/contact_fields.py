"""People and firms over the wire: the fields that users, customers and suppliers share."""

from typing import Any

from rest_framework import serializers

from pos_project.core.days import EARLIEST_BIRTHDAY
from pos_project.core.http.fields import (
    BlankIsAbsent,
    DayField,
    FilledText,
    FlagField,
    OptionalText,
    PhoneField,
    TextOrBlank,
)
from pos_project.core.images.pictures import ImageUrlField, PictureIn
from pos_project.core.people import CONTACT_FIELDS, Gender


class GenderField(BlankIsAbsent, serializers.ChoiceField):
    """One of the genders, or blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Gender.choices, required=False, allow_null=True, **kwargs)


class OptionalEmail(OptionalText, serializers.EmailField):
    """An e-mail address that may be absent, null or blank; each means None."""


class ContactIn(PictureIn):
    """How to reach somebody, and their picture. Left out is unchanged, blank is cleared."""

    gender = GenderField()
    birthday = DayField(first=EARLIEST_BIRTHDAY, required=False, allow_null=True)
    phone = PhoneField()
    alt_phone = PhoneField()
    whatsapp = PhoneField()
    division = OptionalText(max_length=100)
    district = OptionalText(max_length=100)
    city = OptionalText(max_length=100)
    area = OptionalText(max_length=100)
    post_code = OptionalText(max_length=20)
    road = OptionalText(max_length=100)
    house = OptionalText(max_length=100)


class PartyChangesIn(ContactIn):
    """What customers and suppliers have in common beyond that; every field may be left out."""

    # Sent empty these mean "not given": there is no such thing as an empty one.
    never_empty: tuple[str, ...] = ("verify",)

    name = FilledText(max_length=100, required=False)
    email = OptionalEmail(max_length=254)
    sector = OptionalText(max_length=100)
    verify = FlagField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in self.never_empty:
            if attrs.get(name, True) in (None, ""):
                del attrs[name]
        return attrs


class ContactOut(serializers.Serializer):
    """Contact and picture, before what a subclass shows; null for what is not known."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {
            **{name: self.contact_field(name) for name in CONTACT_FIELDS},
            "image_url": ImageUrlField(),
            "image_public_id": serializers.CharField(allow_null=True),
            **super().get_fields(),
        }

    def contact_field(self, name: str) -> serializers.Field:
        """How a field of `CONTACT_FIELDS` is shown."""
        return (
            DayField(allow_null=True)
            if name == "birthday"
            else serializers.CharField(allow_null=True)
        )


class ContactOrBlankOut(ContactOut):
    """The same with `""` for texts that are not known: the edit forms refuse null."""

    def contact_field(self, name: str) -> serializers.Field:
        return DayField(blank_out=True) if name == "birthday" else TextOrBlank()
