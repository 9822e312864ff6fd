"""A retried request has one effect and gets the first one's own answer, byte for byte.

The key row is the first insert of the use case's transaction and commits with the effect, or not
at all. A twin that arrives meanwhile waits on the unique index, then gets the winner's answer.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any, TypeVar

from django.core.files.base import File
from django.db import IntegrityError, OperationalError, models
from django.utils import timezone

from pos_project.core.db.transactions import LOCK_WAIT, error_number, transact
from pos_project.core.errors import DomainError, Invalid, Unavailable
from pos_project.core.models import IdempotentRequest

R = TypeVar("R")
MAX_KEY_LENGTH = 255
# A body's numbers may have any size, also where nobody reads them: `1e9999999` must not overflow.
_UNBOUNDED = Context(prec=1100, Emax=MAX_EMAX, Emin=MIN_EMIN)


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422


class KeyInUse(Unavailable):
    """The first request with this key is still running."""

    code = "idempotency_key_in_use"
    status = 409


class Replayed(Exception):
    """This key's work is done already. Carries the answer that was given then."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"replayed answer with status {status}")
        self.status, self.body = status, body


class _KeyTaken(Exception):
    """Another transaction has committed this key."""


@dataclass(frozen=True)
class RequestKey:
    """One intended effect: who asks, under which key, for what, and how its answer reads.

    `answer` turns the use case's result into (status, JSON text) and runs inside the transaction.
    """

    user_id: int
    key: str
    fingerprint: str
    answer: Callable[[Any], tuple[int, str]]

    def __post_init__(self) -> None:
        visible = all("!" <= character <= "~" for character in self.key)
        if not visible or not 1 <= len(self.key) <= MAX_KEY_LENGTH:
            raise Invalid(
                "Idempotency-Key must be 1 to 255 visible ASCII characters.",
                fields={"Idempotency-Key": ["1 to 255 visible ASCII characters"]},
            )

    @property
    def key_hash(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()


def fingerprint(method: str, path: str, body: Mapping[str, Any]) -> str:
    """What a request asks for, whatever its spelling: key order, `1.0` or `1`, final slash."""
    canonical = json.dumps(_canonical(body), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(f"{method} {path.rstrip('/')} {canonical}".encode()).hexdigest()


def once(key: RequestKey | None, do: Callable[[], R]) -> R:
    """Run `do` in its one transaction; with a key, at most once ever for that user and key.

    Raises Replayed when the key's work is done, KeyReused when the key was used for something
    else, KeyInUse while its first use is still running. A refusal leaves the key free.

    When the connection is lost in the commit, the key's row tells whether the work was done;
    without a key, the row that the result names as its `witness`, or the result itself.
    """
    if key is None:
        return transact(do, row_of=_commit_probe)
    claims: list[IdempotentRequest] = []

    def claimed() -> R:
        claims[:] = [_claim(key)]
        result = do()
        status, body = key.answer(result)
        IdempotentRequest.objects.filter(pk=claims[0].pk).update(status=status, body=body)
        claims[0].status = status
        return result

    try:
        return transact(claimed, row_of=lambda _: claims[0])
    except _KeyTaken:
        give_kept(key)
    raise KeyInUse("This request is being worked on. Please try again.")  # purged in between


@contextmanager
def kept_answer_first(key: RequestKey | None) -> Iterator[None]:
    """For checks made before the transaction: when one says no, an answer kept under `key` goes
    first. The retry of a sale must not be refused because its product was retired meanwhile."""
    try:
        yield
    except DomainError:
        if key is not None:
            give_kept(key)
        raise


def give_kept(key: RequestKey) -> None:
    """Raise Replayed, or KeyReused, when the key's work is done; return when it is not."""
    kept = IdempotentRequest.objects.filter(user_id=key.user_id, key_hash=key.key_hash).first()
    if kept is None:
        return
    if kept.fingerprint != key.fingerprint:
        raise KeyReused("This Idempotency-Key was used for a different request.")
    assert kept.status is not None
    assert kept.body is not None
    raise Replayed(kept.status, kept.body)


def _commit_probe(result: Any) -> models.Model | None:
    row = getattr(result, "commit_probe", result)
    return row if isinstance(row, models.Model) else None


def _claim(key: RequestKey) -> IdempotentRequest:
    try:
        return IdempotentRequest.objects.create(
            user_id=key.user_id,
            key_hash=key.key_hash,
            fingerprint=key.fingerprint,
            created_at=timezone.now(),
        )
    except IntegrityError as error:
        raise _KeyTaken from error
    except OperationalError as error:
        if error_number(error) == LOCK_WAIT:
            raise KeyInUse("This request is being worked on. Please try again.") from error
        raise


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _canonical(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return {"number": str(Decimal(str(value)).normalize(_UNBOUNDED))}
    if isinstance(value, File):
        digest = hashlib.sha256()
        for part in value.chunks():
            digest.update(part)
        return {"file": digest.hexdigest()}
    return value
