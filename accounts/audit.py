"""The audit: who changed what, when, from where, before and after.

django-auditlog writes an entry for every save and deletion of a watched model, in the same
transaction; here stand the rules: which models, which columns stay out, and whose request it was.
Sign-ins are in `login_events`; what posts to the books tells its own story.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from auditlog.registry import auditlog
from django.db import models
from django.db.models.signals import pre_save
from django.http import HttpRequest, HttpResponse

from pos_project.core.db.search_text import SEARCH_TEXT
from pos_project.core.http.throttling import client_address

# Written by the program itself, or told by another column.
_NEVER = ["id", "created_at", "updated_at", "join_at", "created_by", "updated_by", "last_login"]

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class Audited:
    """Middleware: remembers whose request it is while it runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


def watch(
    model: type[models.Model], *, secret: tuple[str, ...] = (), sets: tuple[str, ...] = ()
) -> None:
    """Audit a model from now on. Of `secret` columns it is only said that they changed; `sets` are
    its fields that hold several rows."""
    names = {field.name for field in model._meta.get_fields()}
    keys = [name for name in names if name.endswith("_key") or name == SEARCH_TEXT]
    auditlog.register(
        model,
        exclude_fields=[*(name for name in _NEVER if name in names), *keys],
        mask_fields=list(secret),
        mask_callable="accounts.audit.hidden",
        m2m_fields=set(sets),
    )


def watch_only(model: type[models.Model], *columns: str) -> None:
    """Audit these columns of a model, and that its rows come and go."""
    auditlog.register(model, include_fields=list(columns))


def hidden(value: Any) -> str:
    """What stands in the audit for a secret."""
    return "••••"


def exported(model: type[models.Model], *, rows: int, kind: str) -> None:
    """Note that somebody took `rows` rows of a model out of the shop as a `kind` file."""
    from accounts.models import AuditEntry

    entry = AuditEntry.objects.log_create(
        model(),
        force_log=True,
        action=AuditEntry.Action.ACCESS,
        object_pk="",
        object_repr=f"{rows} {model._meta.verbose_name_plural} as {kind}",
        additional_data={"rows": rows, "format": kind},
    )
    assert entry is not None


def head_kept(seal: models.Model) -> None:
    """Note that the seal of a closed day was written down outside the database."""
    from accounts.models import AuditEntry

    told = {"day": f"{seal.day}", "seal": seal.seal}  # type: ignore[attr-defined]  # (a DaySeal)
    entry = AuditEntry.objects.log_create(
        seal, force_log=True, action=AuditEntry.Action.ACCESS, additional_data=told
    )
    assert entry is not None


def recomputed(row: models.Model, changes: dict[str, list[str]]) -> None:
    """Note that moving columns of a posted row were made anew: column → [before, after]."""
    from accounts.models import AuditEntry

    entry = AuditEntry.objects.log_create(row, action=AuditEntry.Action.UPDATE, changes=changes)
    assert entry is not None


def name_the_actor(sender: type[models.Model], instance: Any, **_: Any) -> None:
    """Before an entry is written: who asked for it, and from where. A command is nobody."""
    request = _request.get()
    if request is None:
        return
    instance.remote_addr = client_address(request)
    # DRF hands the bearer of a token down to the plain request.
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        instance.actor, instance.actor_email = user, user.email


def connect() -> None:
    """Called once at start, when the models are there."""
    from accounts.models import AuditEntry

    pre_save.connect(name_the_actor, sender=AuditEntry)
