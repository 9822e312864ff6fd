"""Signing in with e-mail and password, and the record of every attempt (docs/api.md §6)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from accounts import second_factor
from accounts.models import LoginEvent, User
from accounts.sessions import Session, open_session
from pos_project.core.db.transactions import transact
from pos_project.core.db.unique_keys import key_of
from pos_project.core.errors import DomainError
from pos_project.core.http.throttling import Limit
from pos_project.core.people import Status

MAX_EMAIL_LENGTH = 254
MAX_PASSWORD_LENGTH = 1000  # hashing a longer one would cost us more than it costs the sender
Outcome = LoginEvent.Outcome


class WrongCredentials(DomainError):
    """Unknown e-mail or wrong password; nobody learns which."""

    code = "invalid_credentials"
    status = 401


class NotActive(DomainError):
    """The password is right, but the user is inactive or banned."""

    code = "account_not_active"
    status = 403


@dataclass(frozen=True)
class Caller:
    """Where an attempt to sign in comes from."""

    address: str
    user_agent: str


def sign_in(email: str, password: str, *, caller: Caller, at: datetime, otp: str = "") -> Session:
    """Open a session for the user with this e-mail (any case) and password; sets `last_login`.
    `otp` is the code of whoever has turned on two-factor sign-in.

    Raises WrongCredentials or NotActive, and what second_factor.require_code raises. Either way
    the attempt is recorded. Other devices stay signed in.
    """
    user = user_of(email)
    matches = password_matches(user, password)
    if user is None or not matches:
        record_attempt(email, Outcome.WRONG, user=user, caller=caller, at=at)
        raise WrongCredentials("Invalid credentials")
    if not user.is_active:
        record_attempt(email, Outcome.INACTIVE, user=user, caller=caller, at=at)
        raise NotActive("This account is not active")
    require_second_factor(user, otp, email=email, caller=caller, at=at)
    session = transact(lambda: _welcome(user, email, caller=caller, at=at))
    if session is None:
        record_attempt(email, Outcome.WRONG, user=user, caller=caller, at=at)
        raise WrongCredentials("Invalid credentials")
    return session


def require_second_factor(
    user: User, otp: str, *, email: str, caller: Caller, at: datetime
) -> None:
    """Ask for the code of whoever has one; where it is missing or wrong, that is recorded."""
    try:
        second_factor.require_code(user, otp, at=at)
    except DomainError as refusal:
        limited = isinstance(refusal, second_factor.TooManyCodes)
        outcome = Outcome.LIMITED if limited else Outcome.NO_CODE
        record_attempt(email, outcome, user=user, caller=caller, at=at)
        raise


def _welcome(checked: User, email: str, *, caller: Caller, at: datetime) -> Session | None:
    """The session; None when the password or the status changed since it was checked."""
    user = (
        User.objects.select_for_update()
        .listed()
        .filter(pk=checked.pk, password=checked.password, status=Status.ACTIVE)
        .first()
    )
    if user is None:
        return None
    user.last_login = at
    user.save(update_fields=["last_login"])
    record_attempt(email, Outcome.OK, user=user, caller=caller, at=at)
    return open_session(user, at=at)


def sign_in_limits(address: str, typed_email: Callable[[], str]) -> Iterator[Limit]:
    """How often one may try, at the API's door and the back office's alike: per address, and per
    account from that address. Never the account alone: anybody could lock its owner out.

    `typed_email` is asked once the first is counted: an attempt that cannot be read counts too.
    """
    limit = settings.LOGIN_RATE_LIMIT, settings.LOGIN_RATE_WINDOW
    # An IPv6 customer owns a /64 at least: each of its addresses would be a fresh start.
    network = str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    yield Limit("login", network, *limit)
    yield Limit("login-account", f"{key_of(typed_email())} {network}", *limit)


def user_of(email: str | None) -> User | None:
    """The user, active or not, with this e-mail, whatever its case."""
    if not email or len(email) > MAX_EMAIL_LENGTH:
        return None
    return User.objects.listed().filter(email_key=key_of(email)).first()


def password_matches(user: User | None, password: str, *, column: str = "password") -> bool:
    """Whether this is the user's password, or PIN (`column` says which). Nobody (None) costs as
    much time as a wrong one.

    Hashing takes its time on purpose, so this stays out of transactions. A hash made under
    older settings is replaced on the way.
    """
    if len(password) > MAX_PASSWORD_LENGTH:
        return False
    kept = getattr(user, column, "")
    if user is None or not kept:
        make_password(password)
        return False

    def replace_hash(raw: str) -> None:
        fresh = make_password(raw)
        # Only if it is still the hash that was checked: the password may change meanwhile.
        User.objects.filter(pk=user.pk, **{column: kept}).update(**{column: fresh})
        setattr(user, column, fresh)

    return check_password(password, kept, replace_hash)


def record_attempt(
    email: str, outcome: LoginEvent.Outcome, *, user: User | None, caller: Caller, at: datetime
) -> None:
    """Add one row to the record of sign-ins; over-long texts are cut."""

    def record(user: User | None) -> None:
        LoginEvent.objects.create(
            user=user,
            email=email[:MAX_EMAIL_LENGTH],
            outcome=outcome,
            address=caller.address,
            user_agent=caller.user_agent[:255],
            created_at=at,
        )

    try:
        with transaction.atomic():
            record(user)
    except IntegrityError:  # the user was deleted a moment ago
        record(None)
