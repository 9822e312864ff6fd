"""What the pages of the back office have in common: they call the use cases that tills call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from html import unescape
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters, csrf_protect_m
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import DateField, Model, QuerySet
from django.forms import BaseModelFormSet, Form, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.views import ChangeList

from pos_project.core.back_office import history, lists, own_lists
from pos_project.core.back_office.days import DayField
from pos_project.core.back_office.form_keys import key_of_form, require_looked_over, reused
from pos_project.core.back_office.forms import (
    ReasonForm,
    RowForm,
    as_the_api_does,
    sentence,
    show_refusal,
)
from pos_project.core.back_office.list_search import found
from pos_project.core.back_office.row_ids import SearchedSelect, of_rows
from pos_project.core.days import EARLIEST_BIRTHDAY, day_start, today
from pos_project.core.db.concurrent_edits import ChangedMeanwhile
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.db.lengths import length
from pos_project.core.db.search_text import SEARCH_TEXT, Searchable
from pos_project.core.db.store_rows import of_store
from pos_project.core.errors import DomainError
from pos_project.core.http.formats import note_export
from pos_project.core.images.pictures import ImageField, PictureChange, picture_change
from pos_project.core.people import Archivable
from pos_project.core.period import ONE_DAY


class _OutsideTransactions(admin.ModelAdmin):
    """Django wraps a saved form in a transaction; ours begin and end in the use case."""

    @csrf_protect_m
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        inner: Any = self._changeform_view  # type: ignore[attr-defined]  # (not in the stubs)
        return inner(request, object_id, form_url, extra_context)


class ShopPaginator(Paginator):  # type: ignore[type-arg]
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

    page: "ShopAdmin"
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


def _no_link(contents: Any) -> str:
    """The page of a person is for admins; others would stand before a closed door."""
    return unescape(strip_tags(str(contents)))


PEOPLE_BY_NAME = {"user": _no_link, "created_by": _no_link, "updated_by": _no_link}


class ShopAdmin(ModelAdmin, _OutsideTransactions):
    """A page of rows, written by use cases alone. Rows with history leave by an action of their
    own, never here."""

    form = RowForm
    change_form_before_template = "back_office/form_key.html"
    picture_field = "picture"  # of the form, where it has one
    readonly_preprocess_fields = PEOPLE_BY_NAME
    paginator = ShopPaginator
    list_per_page = 25  # drawing a row costs more than reading it
    show_full_result_count = False  # a second count over a big table for every search
    warn_unsaved_form = True
    list_filter_submit = True
    # (Days of documents are asked for on pages of their own.)
    formfield_overrides = {DateField: {"form_class": partial(DayField, first=EARLIEST_BIRTHDAY)}}
    list_before_template = "back_office/list_before.html"
    list_after_template = "back_office/list_after.html"
    # What the filtered rows are summed up by: label → column, or an expression.
    list_totals: Mapping[str, Any] = {}

    goes_by_store = True  # whether its rows, where they are of a store, are shown by store

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        by: Any = request.user
        rows = super().get_queryset(request)
        return of_store(rows, by.reads_store) if self.goes_by_store else rows

    def get_urls(self) -> list[URLPattern]:
        return [of_rows(pattern, self.model) for pattern in super().get_urls()]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ShopChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return found(queryset, self.get_search_fields(request), search_term), False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            request.refusal = reused(request, refusal)  # type: ignore[attr-defined]
        # Once more, with what was typed, and the refusal beside its fields: nothing was written.
        for upload in request.FILES.values():
            upload.seek(0)  # type: ignore[union-attr]
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        shown = {**context, "show_history": history.is_kept(self.model)}
        return super().render_change_form(request, shown, *args, **kwargs)

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

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        refusal = getattr(request, "refusal", None)
        return _refused(form, refusal) if refusal else form

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
        request.GET = query  # type: ignore[assignment]
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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if self.is_whole(form):
            self.write(request, obj, form, change=change)

    def is_whole(self, form: Any) -> bool:
        """Whether it is the form of a page; a row of a list is written already."""
        return not form.prefix

    def write(self, request: HttpRequest, row: Any, form: Any, *, change: bool) -> None:
        """Add the row of a form, or change what this person changed of it."""
        key = key_of_form(request, lambda added: (f"{added} was added.", self.page_of(added.pk)))
        sent = form.cleaned_data
        pictures = {
            "image": sent.get(self.picture_field),
            "removeImage": sent.get("remove_picture"),
        }
        with picture_change(pictures) as picture:
            said: dict[str, Any] = {"form": form, "by": request.user, "picture": picture}
            if change:
                self.change_row(row.pk, form.changed(), seen=form.seen(), **said)
            else:
                row.pk = self.add_row(form.changed(), key=key, **said).pk

    def add_row(
        self,
        fields: dict[str, Any],
        *,
        form: Any,
        by: Any,
        picture: PictureChange,
        key: RequestKey | None,
    ) -> Any:
        """The use case that adds a row of these columns and returns it."""
        raise NotImplementedError

    def change_row(
        self,
        row_id: Any,
        fields: dict[str, Any],
        *,
        form: Any,
        by: Any,
        picture: PictureChange,
        seen: dict[str, Any],
    ) -> None:
        """The use case that changes these columns, where they are still as they were `seen`."""
        raise NotImplementedError

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

    def page_of(self, row_id: object) -> str:
        """The address of a row's own page."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row_id])

    @property
    def list_page(self) -> str:
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def units(column: str, title: str = "") -> Any:
    """A column of quantities as people write them: 1, not 1.000; for a class's `list_display`,
    `fields` and `readonly_fields`."""

    @display(description=title or column, ordering=column)
    def shown(_page: Any, row: Any) -> str:
        return f"{getattr(row, column).normalize():f}"

    return shown


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


# How old a due is: label → from and to so many days.
AGES = {
    "0-30": (0, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "90+": (91, None),
}


class AgeFilter(admin.SimpleListFilter):
    """By the days since the sale."""

    title = "age"
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(label, f"{label} days") for label in AGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in AGES:
            return queryset
        youngest, oldest = AGES[str(self.value())]
        last = today() - timedelta(days=youngest)
        queryset = queryset.filter(created_at__lt=day_start(last + ONE_DAY))
        if oldest is None:
            return queryset
        return queryset.filter(created_at__gte=day_start(today() - timedelta(days=oldest)))


@display(
    description="status",
    ordering="status",
    label={"active": "success", "inactive": "warning", "banned": "danger"},
)
def status_label(_page: Any, row: Any) -> tuple[str, str]:
    """The column of a row's status, in its colour, for a class's `list_display`."""
    return row.status, row.get_status_display()


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


def _refused(form: type[ModelForm], refusal: DomainError) -> type[ModelForm]:
    """The same form, which the shop has said no to."""

    class Refused(form):  # type: ignore[valid-type,misc]
        def _post_clean(self) -> None:
            super()._post_clean()
            show_refusal(self, refusal)
            if isinstance(refusal, ChangedMeanwhile):
                self.show_as_now(type(self.instance)._base_manager.get(pk=self.instance.pk))

    return Refused


def asked(request: HttpRequest) -> Any:
    """What a form page was answered; None while it only asks."""
    return request.POST if request.method == "POST" else None


def picture_of_form(upload: Any) -> Any:
    """An uploaded picture, checked and encoded anew as the API does it; None for none."""
    if not upload:
        return None
    return as_the_api_does(ImageField(), upload)
