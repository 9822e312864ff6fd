"""The form of one row, which a use case writes; what the shop refuses is said in it."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import csrf_protect_m
from django.db.models import DateField
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from pos_project.core.back_office import history
from pos_project.core.back_office.days import DayField
from pos_project.core.back_office.form_keys import key_of_form, reused
from pos_project.core.back_office.forms import (
    RowForm,
    as_the_api_does,
    show_refusal,
)
from pos_project.core.back_office.row_ids import SearchedSelect
from pos_project.core.days import EARLIEST_BIRTHDAY
from pos_project.core.db.concurrent_edits import ChangedMeanwhile
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import DomainError
from pos_project.core.images.pictures import ImageField, PictureChange, picture_change


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


class FormPage(ModelAdmin, _OutsideTransactions):
    """The page on which a row is added or changed, by use cases alone."""

    form = RowForm
    change_form_before_template = "back_office/form_key.html"
    picture_field = "picture"  # of the form, where it has one
    warn_unsaved_form = True
    # (Days of documents are asked for on pages of their own.)
    formfield_overrides = {DateField: {"form_class": partial(DayField, first=EARLIEST_BIRTHDAY)}}

    def page_of(self, row_id: object) -> str:
        """The address of a row's own page."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row_id])

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            request.refusal = reused(request, refusal)  # type: ignore[attr-defined]  # (ours)
        # Once more, with what was typed, and the refusal beside its fields: nothing was written.
        for upload in request.FILES.values():
            upload.seek(0)  # type: ignore[union-attr]  # (one file a name)
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        shown = {**context, "show_history": history.is_kept(self.model)}
        return super().render_change_form(request, shown, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        refusal = getattr(request, "refusal", None)
        return _refused(form, refusal) if refusal else form

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


def _refused(form: type[ModelForm], refusal: DomainError) -> type[ModelForm]:
    """The same form, which the shop has said no to."""

    class Refused(form):  # type: ignore[valid-type,misc]  # (a class that was made)
        def _post_clean(self) -> None:
            super()._post_clean()
            show_refusal(self, refusal)
            if isinstance(refusal, ChangedMeanwhile):
                self.show_as_now(type(self.instance)._base_manager.get(pk=self.instance.pk))

    return Refused


def picture_of_form(upload: Any) -> Any:
    """An uploaded picture, checked and encoded anew as the API does it; None for none."""
    if not upload:
        return None
    return as_the_api_does(ImageField(), upload)
