"""Files of another till as `import_retail` reads them, and what it says of them."""

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from pos_project.core.days import today
from pos_project.tools.imports import retail_file

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
LANTERN = "536365,71053,WHITE METAL LANTERN,6,1/12/2010,3.39,17850,United Kingdom"


def written(file: Path, *rows: str, header: str = HEADER) -> Path:
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8-sig")
    return file


def run(file: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_retail", str(file), stdout=out, **{"dates": "day-first", **options})
    return out.getvalue()


def read_day_first(file: Path) -> Sequence[retail_file.Row]:
    return retail_file.read(file, today=today(), dates=retail_file.Dates.DAY_FIRST).rows


def rows_by_fate(out: str) -> dict[str, int]:
    lines = [line.split() for line in out.splitlines()]
    fates = ("Sold", "Returned", "Corrected", "Skipped", "Rows")
    return {
        words[0]: int(words[1].replace(",", ""))
        for words in lines
        if len(words) > 1 and words[0] in fates
    }
