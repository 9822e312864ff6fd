"""Tables of the back office as files: written like those of the API, and read back unchanged."""

from typing import Any

from import_export.formats import base_formats
from import_export.resources import ModelResource
from tablib import Dataset

from pos_project.core.http.csv_file import encode, neutralised, restored


class Csv(base_formats.CSV):
    """CSV as the API writes it."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return b"".join(encode([[dataset.headers], dataset]))


EXPORT_FORMATS = (Csv, base_formats.XLSX)


class SpreadsheetResource(ModelResource):
    """Rows that no spreadsheet runs, in any format. What was neutralised on the way out is
    restored on the way in, so that a file can be changed and imported again."""

    def after_export(self, queryset: Any, dataset: Dataset, **kwargs: Any) -> None:
        super().after_export(queryset, dataset, **kwargs)
        _each_text(dataset, neutralised)

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        _each_text(dataset, restored)


def _each_text(dataset: Dataset, change: Any) -> None:
    for _ in range(len(dataset)):
        row = dataset.lpop()
        dataset.rpush([change(value) if isinstance(value, str) else value for value in row])
