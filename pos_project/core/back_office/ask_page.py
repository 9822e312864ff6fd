"""A page that asks what an action needs to know, and runs its use case."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.admin import ModelAdmin

from pos_project.core.back_office.form_keys import key_of_form, reused
from pos_project.core.back_office.forms import (
    show_refusal,
)
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import DomainError


class AskPage(ModelAdmin):
    """What an action of a page asks before it is done."""

    def ask_and_do(
        self,
        request: HttpRequest,
        form: Form,
        do: Callable[[dict[str, Any], RequestKey | None], Any],
        tell: Callable[[Any], str | tuple[str, str]],
        *,
        title: str,
        button: str,
        back_to: str,
        warning: str = "",
        lines: Any = None,
        template: str = "back_office/ask.html",
        extra: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A page that asks what an action needs to know and runs it: `do` gets the clean form and
        the key for its use case. `tell` says of its result what to show, and where to go on if
        that is not `back_to`. What the shop refuses is said at its fields; nothing was written
        then. `lines` is the formset of a document's lines, of which `filled` are those that `do`
        uses."""

        def told(result: Any) -> tuple[str, str]:
            said = tell(result)
            return said if isinstance(said, tuple) else (said, back_to)

        asks = request.method == "POST" and form.is_valid()
        if lines is not None:
            asks = request.method == "POST" and lines.is_valid() and asks
        if asks:
            try:
                result = do(form.cleaned_data, key_of_form(request, told))
            except DomainError as refusal:
                filled = lines.filled if lines is not None else ()
                show_refusal(form, reused(request, refusal), filled)
            else:
                text, goes_on_at = told(result)
                messages.success(request, text)
                return HttpResponseRedirect(goes_on_at)
        return self.ask_page(
            request,
            form,
            title=title,
            button=button,
            back_to=back_to,
            warning=warning,
            template=template,
            extra={"lines": lines, **(extra or {})},
        )

    def ask_page(
        self,
        request: HttpRequest,
        form: Form,
        *,
        title: str,
        button: str,
        back_to: str,
        warning: str = "",
        template: str = "back_office/ask.html",
        extra: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page with the form, in the frame of the back office."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": title,
            "form": form,
            "button": button,
            "back_to": back_to,
            "warning": warning,
            **(extra or {}),
        }
        return TemplateResponse(request, template, context)


def asked(request: HttpRequest) -> Any:
    """What a form page was answered; None while it only asks."""
    return request.POST if request.method == "POST" else None
