"""Pages of history: documents and entries that are read, added to and reversed, never edited."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from unfold.admin import TabularInline
from unfold.decorators import action

from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import (
    ReasonForm,
)
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.back_office.shown_values import PEOPLE_BY_NAME
from pos_project.core.db.idempotency import RequestKey


class HistoryInline(TabularInline):
    """Rows of history beneath the document that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = False
    readonly_preprocess_fields = PEOPLE_BY_NAME
    hide_title = True  # it would repeat the row
    verbose_name_plural = ""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ShopAdmin):
    """A page of history: to be read, searched and followed. What may be done to it is an action
    that runs a use case."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WritableAdmin(ReadOnlyAdmin):
    """History to which whoever reads it may add: by a use case, on a page of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask what the use case needs to know, and run it."""
        raise NotImplementedError


BOTH_STAY = "An opposite entry is written today; both stay in the books."


class ReversibleAdmin(ReadOnlyAdmin):
    """History that an opposite row takes back, once and for a reason.

    `opposite` is the use case that writes that row, as a `staticmethod`.
    """

    opposite: Callable[..., Any]
    actions_detail: Sequence[str] = ("reverse",)

    def has_reverse_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever is let in is an admin or a manager: those may take things back."""
        return self.has_view_permission(request)

    def is_standing(self, row: Any) -> bool:
        """Whether the row may be taken back at all: it is no opposite and has none. What else is
        in the way, the use case says when it is asked."""
        others = type(row)._default_manager
        return row.reverses_id is None and not others.filter(reverses_id=row.pk).exists()

    def named(self, row: Any) -> str:
        """What the row is called where it is about to be taken back."""
        return str(row)

    def goes_back(self, row: Any) -> Sequence[str]:
        """All that goes back with the row, a sentence each, to be read before it is done."""
        return ()

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """No button to take back what cannot be."""
        offered = super().get_actions_detail(request, object_id)
        row = self.get_object(request, object_id)
        if row is not None and self.is_standing(row):
            return offered
        return [each for each in offered if each.method.url_path != "reverse"]

    @action(description="Reverse", permissions=["reverse"], url_path="reverse", icon="undo")
    def reverse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask why the row is taken back, and take it back; what may not be says so."""
        rows: QuerySet[Any] = self.get_queryset(request)
        row = get_object_or_404(rows, pk=object_id)
        name = self.named(row)

        def do(said: dict[str, Any], key: RequestKey | None) -> Any:
            return self.opposite(row.pk, reason=said["reason"], by=request.user, key=key)

        return self.ask_and_do(
            request,
            ReasonForm(asked(request)),
            do,
            lambda _: f"{name} was reversed by an opposite entry.",
            title=f"Reverse {name}?",
            button="Reverse",
            back_to=self.page_of(row.pk),
            warning=" ".join([*self.goes_back(row), BOTH_STAY]),
        )
