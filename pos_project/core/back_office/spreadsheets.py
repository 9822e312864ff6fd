"""Tables of the back office as files: written as those of the API, read as people bring them."""

import base64
import os
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.admin import ImportExportModelAdmin
from import_export.formats import base_formats
from import_export.resources import Diff, ModelResource
from import_export.results import Result
from tablib import Dataset

from pos_project.core.back_office.table_columns import Column, Understood, understand
from pos_project.core.back_office.table_files import BadFile, Table, read_table
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


class ImportsTables(ImportExportModelAdmin):
    """A page whose rows come in and go out as files: a preview first, then all rows or none."""

    import_template_name = "back_office/import.html"
    import_formats = (AnyTable,)
    export_formats = EXPORT_FORMATS

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        asked = super().get_confirm_form_initial(request, import_form)
        if "import_file_name" in asked:  # no page says where files are kept
            asked["import_file_name"] = os.path.basename(asked["import_file_name"])
        return asked

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        if not isinstance(e, BadFile):
            raise e
        form.add_error("import_file", str(e))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        page: Any = super().import_action(request, **kwargs)
        [resource] = self.get_import_resource_classes(request)
        names = [column.name for column in resource.columns if not column.elsewhere]
        page.context_data["template"] = _as_link([names])
        page.context_data["understood"] = [each for each in resource.columns if not each.elsewhere]
        page.context_data["fields_list"] = ()  # (said above, with the names that people use)
        result = page.context_data.get("result")
        if result is not None and (result.invalid_rows or result.row_errors()):
            page.context_data["errors"] = errors = list(_errors_of(result))
            page.context_data["errors_file"] = _as_link([["row", "column", "problem"], *errors])
        return page


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
