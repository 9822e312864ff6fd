"""Long work in steps, each done once: a run that was killed is continued by the next one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pos_project.core.db.idempotency import Replayed, RequestKey, fingerprint
from pos_project.core.models import IdempotentRequest


@dataclass(frozen=True)
class Step:
    """What a step did, as it noted it down, and whether an earlier run had done it."""

    note: Mapping[str, Any]
    repeated: bool


@dataclass(frozen=True)
class Steps:
    """The steps of one kind of work by one user, kept under `<work>:<name>`."""

    work: str
    user_id: int

    def once(
        self,
        name: str,
        act: Callable[[Any], Any],
        *,
        note: Callable[[Any], Mapping[str, Any]],
        content: Mapping[str, Any] | None = None,
    ) -> Step:
        """Run the use case `act` with this step's key, unless that has happened.

        `note` says of its result what later steps need to know; it is kept with the effect. Raises
        KeyReused when the step was done with another `content`, and what the use case raises.
        """
        key = self._key(name, content or {}, note)
        try:
            return Step(note(act(key)), repeated=False)
        except Replayed as kept:
            return Step(json.loads(kept.body), repeated=True)

    def is_done(self, name: str) -> bool:
        """Whether a run has done this step."""
        key = self._key(name, {}, lambda _: {})
        done = IdempotentRequest.objects.filter(user_id=self.user_id, key_hash=key.key_hash)
        return bool(done.exists())

    def _key(
        self, name: str, content: Mapping[str, Any], note: Callable[[Any], Mapping[str, Any]]
    ) -> RequestKey:
        return RequestKey(
            self.user_id,
            f"{self.work}:{name}",
            fingerprint(self.work, name, content),
            lambda result: (201, json.dumps(note(result))),
        )


class Unkept(Steps):
    """Steps of a run that is never continued: each is done, and nothing is kept of it."""

    def __init__(self) -> None:
        super().__init__("unkept", 0)

    def once(
        self,
        name: str,
        act: Callable[[Any], Any],
        *,
        note: Callable[[Any], Mapping[str, Any]],
        content: Mapping[str, Any] | None = None,
    ) -> Step:
        return Step(note(act(None)), repeated=False)
