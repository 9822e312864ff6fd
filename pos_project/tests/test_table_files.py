"""Files as people bring them: how they are written, what spreadsheets have made of their cells."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from inventory.product_columns import PRODUCT_COLUMNS
from pos_project.core.back_office.table_columns import Understood, understand
from pos_project.core.back_office.table_files import BadFile, Table, column_name, read_table
from pos_project.core.days import read_day

PLAIN = [["SKU", "Name", "Price"], ["A-1", "Tea", "12.50"], ["A-2", "Café – „crème“", "9"]]


def text_of(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    return "\r\n".join(separator.join(row) for row in rows) + "\r\n"


def workbook(rows: Sequence[Sequence[Any]], **formats: str) -> bytes:
    """A sheet of these rows; `formats` by cell: `B2="000000"`."""
    book, file = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats.items():
        book.active[cell].number_format = number_format
    book.save(file)
    return file.getvalue()


def products(raw: bytes) -> Understood:
    return understand(read_table(raw), PRODUCT_COLUMNS, needed=("sku",))


def problem(raw: bytes, column: str) -> str:
    [row] = products(raw).rows
    return row.problems.get(column, "")


def in_a_sheet(value: Any, column: str, number_format: str = "General") -> str:
    """What is wrong with a cell of a workbook."""
    row = [value if name == column else "x" for name in ("sku", "name")]
    price = value if column == "price" else 1
    cell = {"sku": "A2", "name": "B2", "price": "C2"}[column]
    raw = workbook([["sku", "name", "price"], [*row, price]], **{cell: number_format})
    return problem(raw, column)


def in_a_csv(value: str, column: str) -> str:
    cells = {"sku": "x", "name": "x", "price": "1", column: value}
    quoted = [f'"{cell}"' for cell in cells.values()]
    return problem(text_of([list(cells), quoted]).encode(), column)


# --- How a file is written ---


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_a_csv_is_read_however_a_spreadsheet_wrote_it(separator: str, encoding: str) -> None:
    table = read_table(text_of(PLAIN, separator).encode(encoding))

    assert [table.header, *(row.cells for row in table.rows)] == PLAIN
    assert [row.number for row in table.rows] == [2, 3]
    assert bool(table.notes) == (encoding == "cp1252")  # a guess, so it is said


def test_bengali_is_read_in_utf_8_and_utf_16() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        [row] = read_table(text_of([["sku", "name"], ["A", "রহিম চা"]]).encode(encoding)).rows
        assert row.cells == ["A", "রহিম চা"]


def test_a_workbook_is_read_like_a_csv() -> None:
    table = read_table(workbook([["SKU", "Name", "Price"], ["A-1", "Tea", 12.5], [7, "Cup", 9]]))

    assert [row.cells for row in table.rows] == [["A-1", "Tea", "12.5"], ["7", "Cup", "9"]]


def test_blank_rows_count_and_are_left_out() -> None:
    raw = b"sku,name,,\n\nA,Tea,,\n,,,\nB,Cup,,\n,,,\n,,,\n\n"
    assert [row.number for row in read_table(raw).rows] == [3, 5]

    raw = workbook([["sku"], [None], ["A"], *[[None]] * 5])
    assert [row.number for row in read_table(raw).rows] == [3]


def test_a_row_is_counted_as_the_spreadsheet_does_where_a_cell_has_lines() -> None:
    raw = b'sku,description\nA,"one\ntwo\nthree"\nB,"four"\n'
    assert [row.number for row in read_table(raw).rows] == [2, 3]


def test_the_separator_that_excel_was_told_is_no_row_of_its_own() -> None:
    table = read_table(b"sep=;\r\nsku;name\r\nA;Tea, green\r\n")
    assert (table.header, table.rows[0].number) == (["sku", "name"], 3)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "The file is empty"),
        (b"\n\n ,\n", "The file is empty"),
        (b"sku,name\n", "a header and no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old Excel file"),
        (b"PK\x03\x04 and nothing else", "cannot be opened"),
        (b"<html><table><tr><td>sku", "a web page"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no table"),
        (b"sku,name\nA,\x81\x8d\n", "cannot be read"),
        (b'sku,name\nA,Tea\nB,"Cup\n', "Row 3 has a quotation mark"),
        (b"sku,name\nA," + b"x" * 200_000, "Row 2 has a cell of more than"),
        (b"," * 300 + b"x\nA", "more than 200 columns"),
        (b"sku\n" + b"A\n" * 50_001, "more than 50,000 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_a_plain_sentence(raw: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_table(raw)


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    assert [column_name(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]


# --- What the columns mean ---


@pytest.mark.parametrize(
    "header", ["SKU,NAME,PRICE", " sku , Name ,price ", "Sku,name*,Price:", "ＳＫＵ,name,price"]
)
def test_names_of_columns_are_known_in_any_case_and_with_blanks(header: str) -> None:
    understood = products(f"{header}\nA,Tea,5\n".encode())
    assert (understood.columns, understood.unknown) == (["sku", "name", "price"], [])


def test_unknown_columns_are_named_and_nameless_ones_by_their_letter() -> None:
    understood = products(b"sku,colour,name,,\nA,red,Tea,,left\n")

    assert understood.unknown == ["colour", "(column E)"]
    assert understood.rows[0].cells == {"sku": "A", "name": "Tea"}


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("sku,name,Name", "Two columns are called “name”"),
        ("sku,code,name", "Two columns mean the SKU: “sku” and “code”"),
        ("sku,Price [Dhaka],Price [Sylhet]", "Two columns mean the price"),
        ("barcode,name,price", "There is no column for the SKU. .* has: barcode, name, price"),
    ],
)
def test_columns_in_doubt_are_refused(header: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        products(f"{header}\nA,B,C\n".encode())


# What the exports of other tills begin with (their names of columns, a row of ours).
SQUARE = "Token,Item Name,Variation Name,SKU,Description,Categories,Price,Current Quantity Main,"
SHOPIFY = "Handle,Title,Body (HTML),Vendor,Type,Variant SKU,Variant Inventory Qty,Variant Price,"
LOYVERSE = "Handle,SKU,Name,Category,Track stock,Price [Shop],In stock [Shop],Cost"
VEND = "id,handle,sku,name,description,brand_name,supply_price,retail_price,inventory_Main_Outlet"


@pytest.mark.parametrize(
    ("header", "taken", "unknown"),
    [
        (
            SQUARE + "Default Unit Cost",
            {"sku", "name", "description", "category", "price", "stock", "cost"},
            ["Token", "Variation Name"],
        ),
        (
            SHOPIFY + "Cost per item",
            {"sku", "name", "description", "brand", "price", "stock", "cost"},
            ["Handle", "Type"],
        ),
        (
            LOYVERSE,
            {"sku", "name", "category", "keeps_stock", "price", "stock", "cost"},
            ["Handle"],
        ),
        (
            VEND,
            {"sku", "name", "description", "brand", "price", "stock", "cost"},
            ["id", "handle"],
        ),
    ],
    ids=["Square", "Shopify", "Loyverse", "Vend"],
)
def test_a_file_of_another_till_is_taken_and_says_what_is_not(
    header: str, taken: set[str], unknown: list[str]
) -> None:
    understood = products(f"{header}\n{',' * header.count(',')}1\n".encode())

    assert set(understood.columns) == taken
    assert understood.unknown == unknown


# --- What spreadsheets make of cells ---


@pytest.mark.parametrize(
    ("value", "column", "says"),
    [
        (12, "sku", ""),
        (8_901_234_567_890, "sku", ""),
        (8.9e12, "sku", ""),  # shown as 8.9E+12, but whole
        (12345678901234567890, "sku", "a spreadsheet keeps the first"),
        (datetime(2026, 11, 5), "name", "made the day 2026-11-05 of this"),  # noqa: DTZ001  (as spreadsheets have it)
        (date(2026, 11, 5), "sku", "made the day"),
        ("#N/A", "sku", "The spreadsheet says #N/A"),
        ("#REF!", "price", "The spreadsheet says #REF!"),
        (0.1 + 0.2, "price", ""),
        ("12,50", "price", "has a decimal comma. Write 12.50"),
        ("1.234,50", "price", "has a decimal comma. Write 1234.50"),
        ("1,234.50", "price", "separators between its digits. Write 1234.50"),
        ("1,23,456", "price", "separators between its digits. Write 123456"),
        ("8.9E+12", "price", "has cut"),
        ("৳ 12", "price", "is no number"),
        ("১২.৫০", "price", ""),
    ],
)
def test_a_cell_of_a_workbook_that_was_changed_is_told(value: Any, column: str, says: str) -> None:
    told = in_a_sheet(value, column, "dd/mm/yyyy" if isinstance(value, date) else "General")
    assert says in told if says else not told


@pytest.mark.parametrize(
    ("value", "shown_as", "told"),
    [(123, "000000", True), (123456, "000000", False), (123, "General", False), (5, "0.00", False)],
)
def test_zeros_that_only_the_format_shows_are_told(value: int, shown_as: str, told: bool) -> None:
    assert ("only shown by the cell's format" in in_a_sheet(value, "sku", shown_as)) == told
    assert not in_a_sheet(value, "price", shown_as)


@pytest.mark.parametrize(
    ("value", "column", "says"),
    [
        ("8.9E+12", "sku", "has cut"),
        ("5-Nov", "sku", "is a day"),
        ("Nov-26", "sku", "is a day"),
        ("2026-11-05 00:00:00", "sku", "is a day"),
        ("05/11/2026", "name", "is a day"),
        ("#NAME?", "name", "The spreadsheet says #NAME?"),
        ("########", "price", "The spreadsheet says ####"),
        ("000123", "sku", ""),
        ("1E5", "sku", ""),
        ("11-26", "sku", ""),
        ("Tea 5-Nov", "name", ""),
        ("-5", "price", ""),
    ],
)
def test_a_cell_of_a_csv_that_was_changed_is_told(value: str, column: str, says: str) -> None:
    told = in_a_csv(value, column)
    assert says in told if says else not told


def test_numbers_keep_their_digits() -> None:
    table: Table = read_table(workbook([["sku", "price"], ["A", 0.1 + 0.2], ["B", 1234567.89]]))
    assert [row.cells[1] for row in table.rows] == ["0.3", "1234567.89"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-05", date(2026, 11, 5)),
        ("05/11/2026", date(2026, 11, 5)),
        ("5-11-2026", date(2026, 11, 5)),
        ("05.11.2026", date(2026, 11, 5)),
        ("০৫/১১/২০২৬", date(2026, 11, 5)),
        ("11/13/2026", None),
        ("2026-02-30", None),
        ("05/11/26", None),
        ("1999-12-31", None),
        ("November 5", None),
    ],
)
def test_days_are_iso_or_day_first(text: str, day: date | None) -> None:
    assert read_day(text) == day
