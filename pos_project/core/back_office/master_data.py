"""Pages of what the shop works with, as products and people: removed, archived, brought back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.decorators import action

from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.list_search import found
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.people import Archivable


class MasterDataAdmin(ShopAdmin):
    """Master data that use cases add, change and take off the list: deleted, or archived where
    papers name it."""

    removal_warning = ""
    restore_warning = "It is on every list again, as it was."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(archived_at=None) if issubclass(self.model, Archivable) else rows

    def get_urls(self) -> list[URLPattern]:
        if not issubclass(self.model, Archivable):
            return super().get_urls()
        page = self.admin_site.admin_view(self.restore)
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_restore"
        return [path("<int:object_id>/restore/", page, name=name), *super().get_urls()]

    def take_out(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        """The use case that removes the row; it refuses what must stay."""
        raise NotImplementedError

    @action(description="Remove", permissions=["change"], url_path="remove", icon="delete")
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and take the row off the list; sent a second time, it says that it is off."""
        row: Any = self.get_object(request, object_id)
        if row is None and request.method == "POST":
            messages.warning(request, "It was removed already.")
            return HttpResponseRedirect(self.list_page)
        if row is None:
            raise Http404

        def do(_: dict[str, Any], key: RequestKey | None) -> None:
            self.take_out(row, by=request.user, key=key)

        return self.ask_and_do(
            request,
            Form(asked(request)),
            do,
            lambda _: f"{row.name} was removed.",
            title=f"Remove {row.name}?",
            button="Remove",
            back_to=self.list_page if request.method == "POST" else self.page_of(row.pk),
            warning=self.removal_warning,
        )

    def bring_back(self, row: Any, *, by: Any, key: RequestKey | None) -> None:
        """The use case that takes an archived row back onto the list; it refuses what clashes
        with what came since."""
        raise NotImplementedError

    @action(description="Archived", permissions=["change"], url_path="archived", icon="archive")
    def archived(self, request: HttpRequest) -> HttpResponse:
        """What was removed and kept for its history; each can be brought back."""
        wanted = request.GET.get("q", "")
        rows = self._removed().order_by("-archived_at", "-pk")
        if wanted:
            rows = found(rows, self.get_search_fields(request), wanted)
        page = Paginator(rows, self.list_per_page).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"Archived {self.model._meta.verbose_name_plural}",
            "page": page,
            "wanted": wanted,
            "back_to": self.list_page,
        }
        return TemplateResponse(request, "back_office/archived.html", context)

    def restore(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask, and take an archived row back onto the list."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row: Any = get_object_or_404(self._removed(), pk=object_id)

        def do(_: dict[str, Any], key: RequestKey | None) -> Any:
            self.bring_back(row, by=request.user, key=key)

        return self.ask_and_do(
            request,
            Form(asked(request)),
            do,
            lambda _: (f"{row.name} is back.", self.page_of(row.pk)),
            title=f"Bring {row.name} back?",
            button="Bring back",
            back_to=self.list_page,
            warning=self.restore_warning,
        )

    def _removed(self) -> QuerySet[Any]:
        removed: QuerySet[Any] = self.model._default_manager.exclude(archived_at=None)
        return removed
