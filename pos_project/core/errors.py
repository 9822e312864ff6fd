"""What the shop says no to. Use cases raise these; `exception_handler` puts them on the wire."""


class DomainError(Exception):
    """A business rule said no: anticipated, safe to show, and nothing was written.

    `fields` names request fields and what is wrong with each; `details` is for programs.
    """

    code = "rule_violation"
    status = 400
    retry_after_seconds: int | None = None

    def __init__(
        self, message: str, *, fields: dict[str, list[str]] | None = None, **details: object
    ) -> None:
        super().__init__(message)
        self.message, self.fields, self.details = message, fields or {}, details


class Invalid(DomainError):
    """The request cannot mean anything: a wrong value, an unknown related id, a mismatch."""

    code = "invalid"


class Denied(DomainError):
    """Not for this person, whatever they send."""

    code = "permission_denied"
    status = 403


class NotFound(DomainError):
    code = "not_found"
    status = 404


class Conflict(DomainError):
    """A clash with what exists: a duplicate, something in use, an open balance."""

    code = "conflict"
    status = 409


class Unavailable(DomainError):
    """The engine refused for now; nothing was written, the same request may come again."""

    code = "busy"
    status = 503
    retry_after_seconds = 1


class OutcomeUnknown(Unavailable):
    """The connection was lost while the commit was under way, and no key tells how it ended."""

    code = "outcome_unknown"


class CannotSave(Unavailable):
    """The disk is full, the database read only, the user without rights: somebody must act."""

    code = "cannot_save"
    retry_after_seconds = 30
