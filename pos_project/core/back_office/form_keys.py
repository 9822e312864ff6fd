"""A form of the back office is booked once, and what was typed into it outlives the session.

Every rendered form carries a key of its own, which its use case hands to `once`: sent again, it
shows what came of it the first time. The key is signed for whom it was made. So a form that is
sent when its session has ended can be kept, in the session that begins with the next sign-in,
and be shown to that person as they had typed it. It is never booked unasked.
"""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.utils.deprecation import MiddlewareMixin
from django.views.csrf import csrf_failure as forbidden

from pos_project.core.db.idempotency import KeyReused, Replayed, RequestKey, fingerprint, give_kept
from pos_project.core.errors import DomainError

FIELD = "form_key"
KEPT = "kept_form"  # in the session: what was typed, where, by whom
KEPT_FOR_SECONDS = 60 * 60
_SIGNER = signing.TimestampSigner(salt="form key")
_NOT_TYPED = {FIELD, "csrfmiddlewaretoken"}


class NotYetSaved(DomainError):
    """A form that was kept over a sign-in is looked over first."""

    code = "not_yet_saved"


def new_key(request: HttpRequest) -> str:
    """The key of a form that is about to be shown to whoever asks."""
    return _SIGNER.sign(f"{request.user.pk}.{uuid4().hex}")


def key_of_form(request: HttpRequest, tell: Callable[[Any], tuple[str, str]]) -> RequestKey | None:
    """The key under which a form is booked; None for one that came without. `tell` says of the
    use case's result what to show and where to go on.

    Raises NotYetSaved for a form that was kept: it is shown again instead.
    """
    require_looked_over(request)
    given, user_id = request.POST.get(FIELD), request.user.pk
    if not given or user_id is None or _made_for(given) != user_id:
        return None

    def answer(result: Any) -> tuple[int, str]:
        return 302, json.dumps(tell(result))

    return RequestKey(user_id, given, _fingerprint(request), answer)


def require_looked_over(request: HttpRequest) -> None:
    """Raise NotYetSaved for a form that was kept over a sign-in: nobody has sent it since."""
    if getattr(request, "is_kept_form", False):
        raise NotYetSaved(
            "You had been signed out, so nothing was saved. This is what you typed: look it over"
            " and send it again."
        )


def told_before(request: HttpRequest, first: Replayed) -> HttpResponse:
    """On to where the first sending led, with what it said."""
    said, goes_on_at = json.loads(first.body)
    messages.warning(request, f"This form was sent before; it counts once. {said}")
    return HttpResponseRedirect(goes_on_at)


class FormKeys(MiddlewareMixin):
    """Gives each page of the back office a key for its form, answers a form that was sent before,
    keeps one whose session has ended and brings it back after the sign-in."""

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if request.resolver_match is None or request.resolver_match.namespace != "admin":
            return None
        if request.method == "GET":
            _bring_back(request)
        elif request.method == "POST" and not _is_let_in(request):
            keep(request)
        elif request.method == "POST":
            key = key_of_form(request, lambda _: ("", ""))
            try:
                if key is not None:
                    give_kept(key)
            except Replayed as first:
                return told_before(request, first)
            except KeyReused:
                pass  # said where it can be shown beside what was typed
        sent = request.POST.get(FIELD) or new_key(request)
        request.form_key = sent  # type: ignore[attr-defined]  # (ours)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Two sent at once: the later one waited for the other and is told what it came to."""
        return told_before(request, error) if isinstance(error, Replayed) else None


def keep(request: HttpRequest) -> bool:
    """Keep what was typed for whoever the form was made for; whether it was one of ours."""
    user_id = _made_for(request.POST.get(FIELD))
    if user_id is None:
        return False
    typed = request.POST.copy()
    for name in [name for name in typed if "password" in name or name in _NOT_TYPED]:
        del typed[name]
    request.session[KEPT] = {
        "user": user_id,
        "page": request.get_full_path(),
        "typed": typed.urlencode(),
        "key": request.POST[FIELD],
        "at": time.time(),
    }
    return True


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form whose token is older than the last sign-in, in another tab: shown again, not lost.

    Only a page of ours brings the session's cookie along, so nobody else can have typed it.
    """
    if request.user.is_authenticated and keep(request):
        return HttpResponseRedirect(request.get_full_path())
    return forbidden(request, reason=reason)


def reused(request: HttpRequest, refusal: DomainError) -> DomainError:
    """A refusal as the form says it; where its key was used for something else, it gets another."""
    if not isinstance(refusal, KeyReused):
        return refusal
    request.form_key = new_key(request)  # type: ignore[attr-defined]  # (ours)
    return KeyReused(
        "This form was sent before, with something else in it, and that is saved. If you mean a"
        " second one, send it again."
    )


def _bring_back(request: HttpRequest) -> None:
    """Let a page be asked with what was typed into it before the session ended."""
    kept = request.session.get(KEPT)
    if not kept or kept["page"] != request.get_full_path() or not _is_let_in(request):
        return
    del request.session[KEPT]
    if kept["user"] != request.user.pk or time.time() > kept["at"] + KEPT_FOR_SECONDS:
        return
    typed = QueryDict(kept["typed"], mutable=True)
    typed[FIELD] = kept["key"]
    request.method = "POST"
    request.is_kept_form = True  # type: ignore[attr-defined]  # (ours)
    request._post, request._files = typed, MultiValueDict()  # type: ignore[attr-defined]  # (ours)


def _is_let_in(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_staff", False))


def _made_for(key: str | None) -> int | None:
    try:
        return int(_SIGNER.unsign(key or "").partition(".")[0])
    except (signing.BadSignature, ValueError):
        return None


def _fingerprint(request: HttpRequest) -> str:
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_TYPED}
    files = {name: request.FILES.getlist(name) for name in request.FILES}
    return fingerprint(str(request.method), request.path, {"typed": typed, "files": files})
