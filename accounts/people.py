"""Hiring, changing and removing the people who sign in (docs/api.md §17).

The shop always keeps an active admin. Whoever takes an admin's rights away locks the rows of all
active admins first, in id order, so that two admins who demote each other cannot both succeed.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError

from accounts.models import RefreshToken, Store, User
from accounts.sessions import revoke_sessions
from accounts.sign_in import password_matches
from accounts.verification import mail_link
from pos_project.core.db.concurrent_edits import require_as_seen
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import Conflict, Invalid, NotFound
from pos_project.core.http.permissions import ADMIN
from pos_project.core.images.pictures import PictureChange, drop_picture
from pos_project.core.people import Status

MIN_PIN, MAX_PIN = 6, 12
STAIRS = "012345678901234567890"
UNIQUE_KEYS = {"email": "email_key", "username": "username_key"}


class Taken(Conflict):
    """Another user has this e-mail or username."""

    code = "taken"


class LastAdmin(Invalid):
    """Somebody must be able to manage users."""

    code = "last_admin"


class OwnAccount(Invalid):
    """Nobody removes themselves."""

    code = "own_account"


def add_user(
    fields: Mapping[str, Any],
    *,
    by: User | None,
    picture: PictureChange | None = None,
    key: RequestKey | None = None,
) -> User:
    """Add a user from columns and a plain `password`, and mail the link that confirms the e-mail
    unless `verify` says that it is known. `by` is None for the first admin.

    `store_id` is their home, `stores` the ids of others where they may act.

    Raises Taken, or Invalid for a store that is not open.
    """
    columns = {**fields, "password": make_password(fields["password"])}
    others = columns.pop("stores", ())

    def add() -> User:
        _require_open(columns.get("store_id"), others)
        user = User(**columns, created_by=by)
        if picture:
            picture.put_on(user)
        _save(user)
        if others:
            user.stores.set(others)
        if not user.verify:
            mail_link(user)
        return user

    return once(key, add)


def change_user(
    user_id: int,
    changes: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    picture: PictureChange | None = None,
    seen: Mapping[str, Any] | None = None,
) -> User:
    """Change columns of a user, and a plain `password`. A new password, role or status withdraws
    the user's refresh tokens, and a new password their PIN; a new e-mail must be confirmed again.

    Raises NotFound, ChangedMeanwhile for what is no longer as `seen`, Taken, LastAdmin, or Invalid
    for a store that is not open.
    """
    columns = dict(changes)
    others = columns.pop("stores", None)
    if "password" in columns:
        columns["password"] = make_password(columns["password"])
        columns["pin"] = ""  # it was set by somebody who knew the old password

    def change() -> User:
        _require_open(columns.get("store_id"), others or ())
        user, there_is_another_admin = _locked(user_id)
        require_as_seen(user, columns, seen)
        rights, address = (user.role, user.status, user.password), key_of(user.email)
        was_admin = _is_active_admin(user)
        for column, value in columns.items():
            setattr(user, column, value)
        if was_admin and not _is_active_admin(user) and not there_is_another_admin:
            raise LastAdmin("The last active admin can be neither demoted nor deactivated.")
        user.updated_by = by
        if picture:
            picture.put_on(user)
        _save(user)
        if others is not None:
            user.stores.set(others)
        if (user.role, user.status, user.password) != rights:
            revoke_sessions(user.pk, at=at)
        if key_of(user.email) != address and "verify" not in columns:
            user.verify = False
            user.save(update_fields=["verify"])
            mail_link(user)
        return user

    return transact(change)


def change_own_pin(by: User, password: str, pin: str) -> None:
    """Set the PIN with which a manager or admin approves what staff may not; `""` takes it away.

    Six to twelve digits. Raises Invalid for a wrong password or a PIN that is guessed first.
    """
    text = ""
    if pin and not (pin.isascii() and pin.isdigit() and MIN_PIN <= len(pin) <= MAX_PIN):
        text = f"A PIN has {MIN_PIN} to {MAX_PIN} digits."
    elif pin and (len(set(pin)) == 1 or pin in STAIRS or pin in STAIRS[::-1]):
        text = "This PIN is guessed first; take another."
    if text:
        raise Invalid(text, fields={"pin": [text]})
    if not password_matches(by, password):
        text = "Not your password."
        raise Invalid(text, fields={"password": [text]})
    kept = make_password(pin) if pin else ""

    def change() -> None:
        user, _ = _locked(by.pk)
        user.pin = kept
        user.save(update_fields=["pin", "updated_at"])

    transact(change)


def remove_user(user_id: int, *, by: User, at: datetime, key: RequestKey | None = None) -> None:
    """Delete a user without history; archive one with history, whose name stays in old records.
    Either way nobody signs in as them any more, and e-mail and username are free again.

    Raises NotFound, OwnAccount or LastAdmin.
    """

    def remove() -> None:
        user, there_is_another_admin = _locked(user_id)
        if user.pk == by.pk:
            raise OwnAccount("You cannot remove your own account.")
        if _is_active_admin(user) and not there_is_another_admin:
            raise LastAdmin("The last active admin cannot be removed.")
        if not _deleted(user):
            revoke_sessions(user.pk, at=at)
            user.updated_by = by
            user.save(update_fields=["updated_by", "updated_at"])
            user.archive(keys=("email_key", "username_key"))

    once(key, remove)


def restore_user(user_id: int, *, by: User, key: RequestKey | None = None) -> User:
    """Let an archived user in again, as they were but without their sessions and PIN.

    Raises NotFound, or Taken when somebody else has their e-mail or username meanwhile.
    """

    def restore() -> User:
        removed = User.objects.exclude(archived_at=None).select_for_update()
        user: User | None = removed.filter(pk=user_id).first()
        if user is None:
            raise NotFound("User not found")
        user.archived_at, user.pin, user.updated_by = None, "", by
        _save(user)
        return user

    return once(key, restore)


def add_first_admin(fields: Mapping[str, Any]) -> User | None:
    """Add an admin if no active one exists; None if there is one. Raises Taken."""
    if has_active_admin():
        return None
    try:
        return add_user({**fields, "role": ADMIN, "verify": True}, by=None)
    except Taken:
        if has_active_admin():  # a second server that started at the same moment
            return None
        raise


def has_active_admin() -> bool:
    """Whether anybody can manage users."""
    return bool(_active_admins().exists())


def password_warnings(password: str) -> list[str]:
    """What is unwise about a password that is accepted all the same."""
    try:
        _common_passwords().validate(password)
    except ValidationError as warning:
        return list(warning.messages)
    return []


@cache
def _common_passwords() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _active_admins() -> Any:
    return User.objects.listed().filter(role=ADMIN, status=Status.ACTIVE)


def _is_active_admin(user: User) -> bool:
    return user.role == ADMIN and user.is_active


def _locked(user_id: int) -> tuple[User, bool]:
    """The user, and whether there is another active admin; all these rows are locked."""
    ids = {user_id, *_active_admins().values_list("pk", flat=True)}
    rows = User.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    people = {row.pk: row for row in rows}
    user = people.pop(user_id, None)
    if user is None or user.archived_at is not None:
        raise NotFound("User not found")
    return user, any(_is_active_admin(row) for row in people.values())


def _require_open(home: int | None, others: Collection[int]) -> None:
    """Raise Invalid for a store where nobody can act. Those named are locked: none is closed
    meanwhile."""
    named = {*others, *([] if home is None else [home])}
    if not named:
        return
    stores = Store.objects.select_for_update().filter(pk__in=named, closed_at=None).order_by("pk")
    missing = named - set(stores.values_list("pk", flat=True))
    if missing:
        field = "store_id" if home in missing else "stores"
        raise Invalid("Unknown store.", fields={field: ["No open store."]})


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        others = User.objects.exclude(pk=user.pk)
        taken = [
            field
            for field, key in UNIQUE_KEYS.items()
            if getattr(user, key) and others.filter(**{key: getattr(user, key)}).exists()
        ]
        if not taken:
            raise
        raise Taken(
            "E-mail or username is taken",
            fields={field: ["Another user has this one."] for field in taken},
        ) from error


def _deleted(user: User) -> bool:
    """Delete the user if nothing refers to them; False if something does, also a sign-in."""
    if user.last_login is not None:
        return False
    try:
        with transaction.atomic():
            RefreshToken.objects.filter(user=user).delete()
            drop_picture(user.image_public_id)
            user.delete()
    except (ProtectedError, RestrictedError, IntegrityError):
        return False
    return True
