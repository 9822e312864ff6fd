"""What users send and see over the wire. A password only ever comes in."""

from typing import Any

from rest_framework import serializers

from accounts import stores
from accounts.models import User
from accounts.sign_in import MAX_EMAIL_LENGTH, MAX_PASSWORD_LENGTH
from pos_project.core.contact_fields import GenderField
from pos_project.core.days import EARLIEST_BIRTHDAY
from pos_project.core.http.fields import (
    DayField,
    FilledText,
    IdField,
    MomentField,
    MomentTextField,
    OptionalText,
    PhoneField,
    TextOrBlank,
)
from pos_project.core.http.openapi import Done
from pos_project.core.http.permissions import STAFF
from pos_project.core.images.pictures import ImageUrlField, PictureIn
from pos_project.core.people import Status

MIN_PASSWORD_LENGTH = 8


class LoginIn(serializers.Serializer):
    email = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)
    otp = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=40,
        help_text="The code of the app, or a recovery code, of an account that asks for one.",
    )


class SignedInUserOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    role = serializers.ChoiceField(choices=User.ROLES)


class SessionOut(serializers.Serializer):
    message = serializers.CharField()
    accessToken = serializers.CharField()
    user = SignedInUserOut()


class LoggedOutOut(serializers.Serializer):
    message = serializers.CharField()


class EmailField(FilledText, serializers.EmailField):
    """An e-mail address; there is no such thing as an empty one."""


class UserIn(PictureIn):
    name = FilledText(min_length=2, max_length=100)
    email = EmailField(max_length=MAX_EMAIL_LENGTH)
    password = FilledText(
        trim_whitespace=False, min_length=MIN_PASSWORD_LENGTH, max_length=MAX_PASSWORD_LENGTH
    )
    role = serializers.ChoiceField(choices=User.ROLES, default=STAFF)
    username = OptionalText(max_length=100)
    phone = PhoneField()
    alt_phone = PhoneField()
    whatsapp = PhoneField()
    status = serializers.ChoiceField(choices=Status.choices, default=Status.ACTIVE)
    verify = serializers.BooleanField(default=False)
    gender = GenderField()
    birthday = DayField(first=EARLIEST_BIRTHDAY, required=False, allow_null=True)
    division = OptionalText(max_length=100)
    district = OptionalText(max_length=100)
    city = OptionalText(max_length=100)
    area = OptionalText(max_length=100)
    post_code = OptionalText(max_length=20)
    road = OptionalText(max_length=100)
    house = OptionalText(max_length=100)
    store_id = IdField(required=False)
    stores = serializers.ListField(child=IdField(), max_length=100, required=False)


class UserChangesIn(UserIn):
    """Every field is optional: what is absent stays as it is."""

    name = FilledText(min_length=2, max_length=100, required=False)
    email = EmailField(max_length=MAX_EMAIL_LENGTH, required=False)
    password = FilledText(
        required=False,
        trim_whitespace=False,
        min_length=MIN_PASSWORD_LENGTH,
        max_length=MAX_PASSWORD_LENGTH,
    )


class OwnPinIn(serializers.Serializer):
    password = serializers.CharField(trim_whitespace=False, max_length=MAX_PASSWORD_LENGTH)
    pin = serializers.CharField(allow_blank=True, max_length=20)


class StoresField(serializers.ListField):
    """The ids of the stores in which a user may act; none in a shop of one store."""

    child = serializers.IntegerField()

    def get_attribute(self, instance: User) -> list[int]:
        return [store.pk for store in stores.stores_of(instance)] if stores.has_several() else []


class WithStores(serializers.Serializer):
    """Where a user acts, in a shop of several stores: their home, and all they may choose from."""

    store_id = serializers.IntegerField(source="home_id", required=False)
    stores = StoresField(required=False)

    def to_representation(self, user: User) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(user)
        if not shown["stores"]:
            del shown["store_id"], shown["stores"]
        return shown


class UserRowOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    username = serializers.CharField(allow_null=True)
    email = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    district = serializers.CharField(allow_null=True)
    house = serializers.CharField(allow_null=True)
    role = serializers.CharField()
    status = serializers.CharField()
    verify = serializers.BooleanField()
    image_url = ImageUrlField()
    last_login = MomentField(allow_null=True)
    last_purchased = MomentTextField(source="last_login", allow_null=True)
    created_at = MomentField()
    updated_at = MomentField()


class OwnProfileOut(WithStores):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField(allow_null=True)
    username = serializers.CharField(allow_null=True)
    image_url = ImageUrlField()
    role = serializers.CharField()
    status = serializers.CharField()
    verify = serializers.BooleanField()
    last_login = MomentField(allow_null=True)


class UserOut(WithStores):
    id = serializers.IntegerField()
    name = serializers.CharField()
    username = TextOrBlank()
    email = serializers.CharField()
    phone = TextOrBlank()
    alt_phone = TextOrBlank()
    whatsapp = TextOrBlank()
    gender = TextOrBlank()
    role = serializers.CharField()
    status = serializers.CharField()
    verify = serializers.BooleanField()
    division = TextOrBlank()
    district = TextOrBlank()
    city = TextOrBlank()
    area = TextOrBlank()
    post_code = TextOrBlank()
    road = TextOrBlank()
    house = TextOrBlank()
    birthday = DayField(blank_out=True)
    image_url = ImageUrlField()
    image_public_id = serializers.CharField(allow_null=True)
    created_by = serializers.IntegerField(source="created_by_id", allow_null=True)
    created_by_name = serializers.CharField(
        source="created_by.name", default=None, allow_null=True, read_only=True
    )
    updated_by = serializers.IntegerField(source="updated_by_id", allow_null=True)
    updated_by_name = serializers.CharField(
        source="updated_by.name", default=None, allow_null=True, read_only=True
    )
    created_at = MomentField()
    updated_at = MomentField()
    last_login = MomentField(allow_null=True)


class NewUserOut(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.CharField()


class UserCreatedOut(Done):
    userId = serializers.IntegerField()
    data = NewUserOut()  # type: ignore[assignment]  # (clients know it by this name)
    warnings = serializers.ListField(child=serializers.CharField(), required=False)


class UserUpdatedOut(Done):
    data = UserOut()  # type: ignore[assignment]  # (clients know it by this name)
    warnings = serializers.ListField(child=serializers.CharField(), required=False)


class OwnProfileAnswer(Done):
    data = OwnProfileOut()  # type: ignore[assignment]  # (clients know it by this name)
