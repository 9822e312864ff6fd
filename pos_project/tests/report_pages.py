"""Pages of reports, as a browser opens them: their tables, links and workbooks."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook


def address(name: str, of: object = None) -> str:
    return reverse(f"report-{name}", args=[] if of is None else [of])


def opened(office: Client, url: str, **query: Any) -> str:
    answer = office.get(url, query)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def rows_of(page: str) -> list[list[str]]:
    """The cells of the report's table, without markup."""
    [table] = re.findall(r'<table class="shop-report">(.*?)</table>', page, re.S)
    return [
        [unescape(re.sub("<.*?>", "", cell)) for cell in re.findall("<td.*?>(.*?)</td>", row)]
        for row in re.findall("<tr.*?>(.*?)</tr>", table, re.S)
    ][1:]


def links_of(page: str) -> list[str]:
    [table] = re.findall(r'<table class="shop-report">(.*?)</table>', page, re.S)
    return [unescape(link) for link in re.findall(r'href="(.*?)"', table)]


def sheets(answer: Any) -> Any:
    return load_workbook(BytesIO(b"".join(answer)))
