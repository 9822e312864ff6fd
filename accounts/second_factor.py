"""Signing in by two factors, for whoever wants it: the password, and a code of an app (TOTP,
RFC 6238) or one of ten recovery codes.

The database keeps a salt; the secret is made of it and the server's SECRET_KEY, so that a copy of
the database alone gives no codes. A code counts once, and wrong ones are counted for the person,
wherever they come from: whoever guesses knows the password already.
"""

import base64
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, urlencode

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from accounts.models import SecondFactor, User
from pos_project.core.db.idempotency import RequestKey, once
from pos_project.core.db.transactions import transact
from pos_project.core.errors import Conflict, DomainError, Invalid, NotFound
from pos_project.core.written_text import western_digits

STEP_SECONDS, DIGITS = 30, 6
STEPS_OFF = 1  # a clock may be half a minute fast or slow
MAX_WRONG, WRONG_WITHIN = 10, timedelta(minutes=15)
RECOVERY_CODES = 10


class CodeNeeded(DomainError):
    """The password is right; the account asks for a code as well."""

    code = "otp_required"
    status = 401


class WrongCode(DomainError):
    """Not the code of this half minute, or one that was used."""

    code = "otp_wrong"
    status = 401


class TooManyCodes(DomainError):
    """Somebody guesses; no code is looked at for a while, right or wrong."""

    code = "otp_limited"
    status = 429
    retry_after_seconds = int(WRONG_WITHIN.total_seconds())


def new_salt() -> str:
    return secrets.token_hex(16)


def written_secret(salt: str) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(_secret(salt)).decode()


def address_for_app(salt: str, *, email: str, shop: str) -> str:
    """What the QR code says."""
    label = quote(f"{shop}:{email}")
    return f"otpauth://totp/{label}?{urlencode({'secret': written_secret(salt), 'issuer': shop})}"


def code_at(secret: bytes, moment: datetime) -> str:
    """The code that an app shows at this moment."""
    return _code(secret, int(moment.timestamp()) // STEP_SECONDS)


def turn_on(
    by: User, salt: str, code: str, *, is_password: Callable[[User], bool], at: datetime
) -> list[str]:
    """Ask this person for codes from now on; the recovery codes, which are told once.

    Raises Invalid for a wrong password or code, Conflict where it is on.
    """
    step = _matching(_secret(salt), _typed(code), at, after=0)
    if step is None:
        text = "Not the code that the app shows now."
        raise Invalid(text, fields={"code": [text]})
    _require(is_password(by))
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]

    def keep() -> None:
        try:
            with transaction.atomic():
                SecondFactor.objects.create(
                    user=by,
                    salt=salt,
                    last_step=step,
                    recovery_hashes=" ".join(map(_hash, codes)),
                    turned_on_at=at,
                )
        except IntegrityError as error:
            raise Conflict("Two-factor sign-in is on already.") from error

    transact(keep)
    return codes


def turn_off(by: User, *, is_password: Callable[[User], bool]) -> None:
    """Ask this person for a password alone again. Raises Invalid for a wrong password."""
    _require(is_password(by))
    take_off(by.pk)


def take_off(user_id: int, *, key: RequestKey | None = None) -> None:
    """Ask somebody who has lost their app for a password alone. Raises NotFound where it is off."""

    def forget() -> None:
        row = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if row is None:
            raise NotFound("Two-factor sign-in is off.")
        row.delete()

    once(key, forget)


def of(user: User) -> SecondFactor | None:
    """What is kept of somebody's second factor; None where it is off."""
    return SecondFactor.objects.filter(user_id=user.pk).first()


def codes_left(row: SecondFactor) -> int:
    return len(row.recovery_hashes.split())


def require_code(user: User, code: str, *, at: datetime) -> None:
    """Let pass whoever has it off, or has a code that was not used before; it is used then.

    Raises CodeNeeded, WrongCode or TooManyCodes.
    """
    if of(user) is None:
        return
    if not code.strip():
        raise CodeNeeded("This account asks for the code of its app as well.")
    # What is wrong is counted, so it is told after the transaction.
    refusal = transact(lambda: _spent(user, _typed(code), at))
    if refusal is not None:
        raise refusal


def _spent(user: User, code: str, at: datetime) -> DomainError | None:
    row = SecondFactor.objects.select_for_update().filter(user_id=user.pk).first()
    if row is None:
        return None
    mine = SecondFactor.objects.filter(pk=row.pk)
    is_fresh = row.wrong_since is None or at >= row.wrong_since + WRONG_WITHIN
    wrong = 0 if is_fresh else row.wrong_codes
    if wrong >= MAX_WRONG:
        return TooManyCodes("Too many wrong codes, please wait a quarter of an hour.")
    step = _matching(_secret(row.salt), code, at, after=row.last_step)
    if step is not None:
        mine.update(last_step=step, wrong_codes=0, wrong_since=None)
        return None
    hashes = row.recovery_hashes.split()
    if (given := _hash(code)) in hashes:
        left = " ".join(each for each in hashes if each != given)
        mine.update(recovery_hashes=left, wrong_codes=0, wrong_since=None)
        return None
    mine.update(wrong_codes=wrong + 1, wrong_since=at if is_fresh else row.wrong_since)
    return WrongCode("Not the code that the app shows now, or it was used.")


def _require(is_password: bool) -> None:
    if not is_password:
        text = "Not your password."
        raise Invalid(text, fields={"password": [text]})


def _secret(salt: str) -> bytes:
    return salted_hmac("accounts.second_factor", salt, algorithm="sha256").digest()[:20]


def _code(secret: bytes, step: int) -> str:
    digest = hmac.new(secret, step.to_bytes(8, "big"), "sha1").digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def _matching(secret: bytes, code: str, at: datetime, *, after: int) -> int | None:
    """The half minute of which this is the code, later than the latest that was used."""
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(max(now - STEPS_OFF, after + 1), now + STEPS_OFF + 1):
        if hmac.compare_digest(_code(secret, step).encode(), code.encode()):
            return step
    return None


def _typed(code: str) -> str:
    """A code without the blanks and hyphens that it is shown with."""
    return "".join(each for each in western_digits(code).casefold() if each.isalnum())


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode().casefold()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _hash(code: str) -> str:
    # Eighty random bits are found by nobody who has a fast hash of them.
    return sha256(_typed(code).encode()).hexdigest()
