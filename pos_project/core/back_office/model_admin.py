"""What every page of rows in the back office has in common."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern

from pos_project.core.back_office import history
from pos_project.core.back_office.ask_page import AskPage
from pos_project.core.back_office.form_page import FormPage
from pos_project.core.back_office.list_page import ListPage
from pos_project.core.back_office.row_ids import of_rows
from pos_project.core.back_office.shown_values import PEOPLE_BY_NAME
from pos_project.core.db.store_rows import of_store


class ShopAdmin(ListPage, FormPage, AskPage):
    """A page of rows, written by use cases alone. Rows with history leave by an action of their
    own, never here."""

    readonly_preprocess_fields = PEOPLE_BY_NAME
    goes_by_store = True  # whether its rows, where they are of a store, are shown by store

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        by: Any = request.user
        rows = super().get_queryset(request)
        return of_store(rows, by.reads_store) if self.goes_by_store else rows

    def get_urls(self) -> list[URLPattern]:
        return [of_rows(pattern, self.model) for pattern in super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed the row when, from what to what; also of one that was removed since."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.model._base_manager, pk=unquote(object_id))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"History of {row}",
            "entries": history.of_row(row),
            "most": history.MOST,
            "back_to": self.page_of(row.pk),
        }
        return TemplateResponse(request, "back_office/history.html", context)
