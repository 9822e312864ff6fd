"""Tables of the back office as files: written as those of the API, read as people bring them."""

import base64
import os
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.admin import ImportExportModelAdmin
from import_export.formats import base_formats
from import_export.forms import ConfirmImportForm
from import_export.resources import Diff, ModelResource
from import_export.results import Result
from rest_framework.serializers import Serializer
from tablib import Dataset
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from pos_project.core.back_office.form_keys import FIELD, key_of_form
from pos_project.core.back_office.forms import as_the_api_does, limits_of, sentence
from pos_project.core.back_office.table_columns import Column, Understood, understand
from pos_project.core.back_office.table_files import BadFile, Table, read_table
from pos_project.core.db.idempotency import once
from pos_project.core.errors import Conflict, DomainError
from pos_project.core.http.csv_file import encode, neutralised


class Csv(base_formats.CSV):
    """CSV as the API writes it."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return b"".join(encode([[dataset.headers], dataset]))


EXPORT_FORMATS = (Csv, base_formats.XLSX)


class _TableDataset(Dataset):
    """A file that was read, before anybody says what its columns mean."""

    table: Table


class AnyTable(base_formats.Format):
    """CSV or XLSX: which it is, and how it is written, is read off the file."""

    def __init__(self, encoding: str | None = None) -> None:
        """The library says which encoding it expects; the file says which it is in."""

    def get_title(self) -> str:
        return "CSV or XLSX"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> Dataset:
        table = read_table(in_stream)
        dataset = _TableDataset(*(row.cells for row in table.rows), headers=list(table.header))
        dataset.table = table
        return dataset


class _WholeValues(Diff):
    """What becomes of a row, value by value: old → new, each in whole."""

    def as_html(self) -> list[SafeString]:
        before = [None] * len(self.right) if self.new else self.left
        return [_changed(old, new) for old, new in zip(before, self.right, strict=True)]


def _changed(old: Any, new: Any) -> SafeString:
    if old in (None, new):
        return format_html("{}", _shown(new))
    return format_html("<del>{}</del> → <ins>{}</ins>", _shown(old) or "–", _shown(new) or "–")


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


class SpreadsheetResource(ModelResource):
    """Rows that no spreadsheet runs, in any format; on the way in, what the columns of a file mean
    and which of its cells a spreadsheet has changed. Rows are numbered as in the file."""

    columns: ClassVar[Sequence[Column]] = ()
    needed: ClassVar[Sequence[str]] = ()  # names of columns that a file must have

    understood: Understood

    def get_diff_class(self) -> type[Diff]:
        return _WholeValues

    def after_export(self, queryset: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().after_export(queryset, dataset, **kwargs)
        for _ in range(len(dataset)):
            row = dataset.lpop()
            dataset.rpush(
                [neutralised(value) if isinstance(value, str) else value for value in row]
            )

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        assert isinstance(dataset, _TableDataset)
        self.understood = Understood((), (), (), ())
        dataset.wipe()  # (of a file that is refused no row is looked at)
        self.understood = understand(dataset.table, self.columns, needed=self.needed)
        dataset.headers = list(self.understood.columns)
        for row in self.understood.rows:
            dataset.append([row.cells[name] for name in self.understood.columns])

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> Any:
        read = self.understood.rows[kwargs["row_number"] - 1]
        kwargs |= {"row_number": read.number, "problems": read.problems}
        return super().import_row(row, instance_loader, **kwargs)

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        if kwargs["problems"]:
            raise ValidationError(dict(kwargs["problems"]))

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        super().after_import(dataset, result, **kwargs)
        for invalid in result.invalid_rows:
            invalid.number = self.understood.rows[invalid.number - 1].number
        result.unknown = self.understood.unknown
        result.notes = self.understood.notes


class UseCaseResource(SpreadsheetResource):
    """Rows that are added and changed by the use cases of the API, with its limits, in the
    transaction of the whole file. An empty cell, or a missing column, leaves a row as it is."""

    api: ClassVar[type[Serializer[Any]]]

    def add(self, said: dict[str, Any], instance: Any, *, by: Any) -> Any:
        """The use case that adds a row of these columns; returns its id."""
        raise NotImplementedError

    def change(self, row_id: Any, said: dict[str, Any], *, by: Any) -> None:
        """The use case that changes these columns of a row."""
        raise NotImplementedError

    def import_field(self, field: Any, instance: Any, row: Any, *args: Any, **kw: Any) -> None:
        if says(row.get(field.column_name)):
            super().import_field(field, instance, row, *args, **kw)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        meta = instance._meta
        columns = {each.attname: each.name for each in meta.concrete_fields if each != meta.pk}
        names = {name: column for column, name in columns.items()}
        said = {
            names[field.attribute]: getattr(instance, names[field.attribute])
            for field in self.get_import_fields()
            if field.attribute in names and says(row.get(field.column_name))
        }
        limits = limits_of(self.api)
        errors = {}
        for name in limits.keys() & said.keys():
            try:
                said[name] = as_the_api_does(limits[name], said[name])
            except ValidationError as error:
                errors[columns[name]] = error
        if errors:
            raise ValidationError(errors)
        try:
            if is_create:
                instance.pk = self.add(said, instance, by=kwargs["user"])
            else:
                self.change(instance.pk, said, by=kwargs["user"])
        except DomainError as refusal:
            raise ValidationError(sentence(refusal)) from refusal


def says(cell: Any) -> bool:
    """Whether a cell says anything."""
    return cell is not None and bool(str(cell).strip())


class ConfirmForm(ConfirmImportForm):
    """Import what was previewed; the key is that of any form."""

    form_key = forms.CharField(required=False, widget=forms.HiddenInput)


class ImportsTables(ImportExportModelAdmin):
    """A page whose rows come in and go out as files: a preview first, then all rows or none."""

    import_template_name = "back_office/import.html"
    import_formats = (AnyTable,)
    export_formats = EXPORT_FORMATS
    import_form_class, export_form_class = ImportForm, ExportForm
    confirm_form_class = ConfirmForm

    def has_export_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_view_permission(request)

    def has_import_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self.has_add_permission(request)

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        asked = super().get_confirm_form_initial(request, import_form)
        if "import_file_name" in asked:  # no page says where files are kept
            asked["import_file_name"] = os.path.basename(asked["import_file_name"])
        return {**asked, FIELD: request.form_key}  # type: ignore[attr-defined]  # (ours)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:  # as the list answers it
            return redirect(f"{self._address('changelist')}?e=1")

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import what was previewed: once, and all of it or nothing."""
        try:
            return super().process_import(request, **kwargs)
        except DomainError as refusal:
            messages.error(request, f"{sentence(refusal)} Nothing was imported.")
        except FileNotFoundError:
            messages.error(request, "The file was imported already, or is not kept any more.")
        return redirect(self._address("import"))

    def _address(self, page: str) -> str:
        return reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_{page}")

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Any:
        every_row = super().process_dataset

        def import_all() -> Any:
            result = every_row(dataset, form, request, **kwargs)
            _require_imported(result)
            return result

        goes_on_at = self._address("changelist")
        return once(key_of_form(request, lambda done: (_told(done), goes_on_at)), import_all)

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        messages.success(request, _told(result))

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        if not isinstance(e, BadFile):
            raise e
        form.add_error("import_file", str(e))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page: Any = super().import_action(request, **kwargs)
        [resource] = self.get_import_resource_classes(request)
        names = [column.name for column in resource.columns]
        page.context_data["template"] = _as_link([names])
        page.context_data["understood"] = resource.columns
        page.context_data["fields_list"] = ()  # (said above, with the names that people use)
        result = page.context_data.get("result")
        if result is not None and (result.invalid_rows or result.row_errors()):
            page.context_data["errors"] = errors = list(_errors_of(result))
            page.context_data["errors_file"] = _as_link([["row", "column", "problem"], *errors])
        return page


def _told(result: Any) -> str:
    """What an import came to."""
    count = {kind: result.totals[kind] for kind in ("new", "update", "skip")}
    return (
        f"Import finished: {count['new']} new, {count['update']} changed,"
        f" {count['skip']} as they were."
    )


def _require_imported(result: Any) -> None:
    """Raise Conflict, naming the row, where a previewed file fits no more: somebody changed
    something meanwhile."""
    for row in result.invalid_rows:
        raise Conflict(f"Row {row.number}: {' '.join(row.error.messages)}")
    errors = [*result.base_errors, *(error for _, row in result.row_errors() for error in row)]
    for error in errors:
        raise error.error


def _errors_of(result: Result) -> Iterable[tuple[int, str, str]]:
    """Row, column and what is wrong with it; in the order of the file."""
    found = [
        (row.number, "" if name == "__all__" else name, text)
        for row in result.invalid_rows
        for name, texts in row.error_dict.items()
        for text in texts
    ]
    found += [
        (error.number, "", str(error.error))
        for _, errors in result.row_errors()
        for error in errors
    ]
    return sorted(found)


def _as_link(rows: Sequence[Sequence[Any]]) -> str:
    """A small CSV file that a page brings with it."""
    file = b"".join(encode([rows]))
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(file).decode()}"
