"""A list of rows: searched, filtered, summed up, edited in place, and taken along as a file."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from pos_project.core.back_office import lists, own_lists
from pos_project.core.back_office.form_keys import require_looked_over
from pos_project.core.back_office.form_page import FormPage
from pos_project.core.back_office.forms import (
    RowForm,
    sentence,
    show_refusal,
)
from pos_project.core.back_office.list_search import found
from pos_project.core.db.lengths import length
from pos_project.core.db.search_text import SEARCH_TEXT, Searchable
from pos_project.core.errors import DomainError
from pos_project.core.http.formats import note_export


class ShopPaginator(Paginator):  # type: ignore[type-arg]  # (of the stubs alone)
    """Pages of a list whose length is known without counting all history."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return length(rows) if isinstance(rows, QuerySet) else len(rows)


class ShopChangeList(ChangeList):
    """A list whose page is cut before its rows are told whose they are.

    Joined to a small table (six users), MariaDB begins there and sorts the whole history to find
    the newest rows; without the join it reads them off the primary key.
    """

    def apply_select_related(self, qs: "QuerySet[Any]") -> "QuerySet[Any]":
        return qs.prefetch_related(*(self.list_select_related or ()))

    def get_ordering_field(self, field_name: Any) -> Any:
        # Names sort alike on every database, whatever its collation.
        if field_name == "name" and issubclass(self.model, Searchable):
            return SEARCH_TEXT
        return super().get_ordering_field(field_name)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count  # or the page offers to "show all"
        self.totals = lists.totals(self.queryset, self.model_admin.list_totals)
        self.presets, self.in_words = lists.presets(self), lists.in_words(self)
        self.files = lists.file_links(self)
        self.own = own_lists.offered(self.model_admin, request)


class RowsOfAList(BaseModelFormSet):
    """Rows edited in a list. Each is written by its use case as it is checked, for only that can
    say whether it may be; what is refused stays as it was typed, beside why."""

    page: FormPage
    request: HttpRequest
    forms: list[Any]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        refused: dict[Any, DomainError] = {}
        for form in self.forms:
            if not form.has_changed():
                continue
            try:
                self.page.write(self.request, form.instance, form, change=True)
            except DomainError as error:
                refused[form] = error
        if not refused:
            return
        rows = self.page.model._base_manager.in_bulk([form.instance.pk for form in self.forms])
        for form in self.forms:
            form.show_as_now(rows[form.instance.pk])
        for form, refusal in refused.items():
            show_refusal(form, refusal)


class ListPage(ModelAdmin):
    """The page on which rows are listed."""

    paginator: ClassVar[type] = ShopPaginator
    list_per_page: ClassVar[int] = 25  # drawing a row costs more than reading it
    show_full_result_count = False  # a second count over a big table for every search
    list_filter_submit = True
    list_before_template = "back_office/list_before.html"
    list_after_template = "back_office/list_after.html"
    # What the filtered rows are summed up by: label → column, or an expression.
    list_totals: Mapping[str, Any] = {}

    @property
    def list_page(self) -> str:
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ShopChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return found(queryset, self.get_search_fields(request), search_term), False

    def every_column(self, request: HttpRequest) -> tuple[Any, ...]:
        """The columns that a list can show to this person."""
        columns = super().get_list_display(request)
        return lists.with_amounts(self.model, columns, self.list_editable)

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return own_lists.columns_shown(self, request, self.every_column(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        wanted = request.GET.get(lists.AS_FILE)
        if wanted in (lists.CSV, lists.XLSX) and self.has_view_permission(request):
            return self._as_file(request, wanted)
        if own_lists.ASKED in request.POST and self.has_view_permission(request):
            return own_lists.answer(self, request)
        try:
            if "_save" not in request.POST:
                require_looked_over(request)  # an action is not run again over a sign-in
            return super().changelist_view(request, extra_context)
        except DomainError as refusal:
            messages.error(request, sentence(refusal))
            return HttpResponseRedirect(request.get_full_path())

    def _as_file(self, request: HttpRequest, wanted: str) -> Any:
        """All rows that the filters leave, as CSV or XLSX."""
        query = request.GET.copy()
        del query[lists.AS_FILE]
        request.GET = query  # type: ignore[assignment]  # (not yet frozen)
        note_export(request)
        try:
            return lists.as_file(self.get_changelist_instance(request), wanted)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{request.path}?e=1")
        except DomainError as refusal:
            messages.error(request, sentence(refusal))
            return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[ModelForm]:
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        kept = type("Rows", (RowsOfAList,), {"page": self, "request": request})
        return super().get_changelist_formset(request, **{"formset": kept, **kwargs})
