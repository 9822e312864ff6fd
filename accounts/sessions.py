"""Signed-in clients: refresh tokens handed out, exchanged and withdrawn (docs/api.md §6).

Whoever changes a user's tokens holds the lock on the user's row: a refresh, a sign-out and a
change of password at the same moment happen one after the other.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import RefreshToken, User
from accounts.tokens import InvalidToken, access_token, read_refresh_token, refresh_token
from pos_project.core.db.transactions import transact
from pos_project.core.errors import DomainError

# Longer than the leeway of a token's expiry: a token may never outlive its row, or its last
# honest use would look like theft.
EXPIRED_TOKENS_KEPT = timedelta(days=1)
ROWS_AT_ONCE = 1000  # short transactions, so that nobody who signs in waits


class SessionRefused(DomainError):
    """The refresh token is missing, not ours, expired, spent or withdrawn."""

    code = "invalid_refresh_token"
    status = 401


@dataclass(frozen=True)
class Session:
    """What a client gets when it signs in or refreshes."""

    user: User
    access_token: str
    refresh_token: str


def open_session(user: User, *, at: datetime, family: uuid.UUID | None = None) -> Session:
    """Hand out both tokens, in the caller's transaction, which holds the user's row lock.

    Without a `family` the refresh token begins a new chain. Long expired rows of the user go.
    """
    RefreshToken.objects.filter(user=user, expires_at__lt=at - EXPIRED_TOKENS_KEPT).delete()
    token = refresh_token(user, now=at)
    RefreshToken.objects.create(
        user=user,
        family=family or uuid.uuid4(),
        token_hash=_hash(token),
        created_at=at,
        expires_at=at + settings.REFRESH_TOKEN_EXPIRES_IN,
    )
    return Session(user, access_token(user, now=at), token)


def renew_session(token: str, *, at: datetime) -> Session:
    """Exchange a refresh token for its successor; each token can be exchanged once.

    Raises SessionRefused. A spent or unknown token that we did sign was copied by somebody: all
    of the user's tokens are revoked, as they are when the user is gone or not active. A token
    withdrawn on purpose is merely refused.
    """
    refused = SessionRefused("Refresh token is invalid or expired")
    try:
        user_id = read_refresh_token(token)["id"]
    except InvalidToken as error:
        raise refused from error
    session = transact(lambda: _exchange(user_id, _hash(token), at=at))
    if session is None:
        # Raised out here, where it cannot roll the revocation back.
        raise refused
    return session


def _exchange(user_id: int, token_hash: str, *, at: datetime) -> Session | None:
    """The successor's session; None when the token is refused."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    presented = RefreshToken.objects.filter(user_id=user_id, token_hash=token_hash)
    if user is None or not user.is_active:
        revoke_sessions(user_id, at=at)
        return None
    # One conditional UPDATE decides: of many uses of one token at most one changes the row.
    if presented.filter(used_at=None, revoked_at=None).update(used_at=at) == 1:
        return open_session(user, at=at, family=presented.get().family)
    withdrawn_on_purpose = presented.filter(used_at=None, revoked_at__isnull=False).exists()
    if not withdrawn_on_purpose:
        revoke_sessions(user_id, at=at)
    return None


def close_session(token: str, *, at: datetime) -> None:
    """Withdraw a refresh token and every other of its chain; an unknown one changes nothing."""
    row = RefreshToken.objects.filter(token_hash=_hash(token)).first()
    if row is None:
        return

    def withdraw() -> None:
        User.objects.select_for_update().filter(pk=row.user_id).first()
        RefreshToken.objects.filter(family=row.family, revoked_at=None).update(revoked_at=at)

    transact(withdraw)


def forget_expired(*, at: datetime) -> int:
    """Delete refresh tokens that expired long ago, of users who did not come back; how many."""
    old = RefreshToken.objects.filter(expires_at__lt=at - EXPIRED_TOKENS_KEPT).order_by("id")
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        part = RefreshToken.objects.filter(pk__in=ids)
        deleted += transact(part.delete)[0]
    return deleted


def revoke_sessions(user_id: int, *, at: datetime) -> None:
    """Withdraw all refresh tokens of a user, in the caller's transaction."""
    RefreshToken.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
