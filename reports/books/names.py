"""What accounts are called in plain-text accounting: ASCII, one word to a level."""

import re

from reports.books.book import Book

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}


def account_names(book: Book, *, separator: str) -> dict[str, str]:
    """Code of an account → `Assets:1010-Cash`; its code, where two would be called the same."""
    names: dict[str, str] = {}
    for account in book.accounts:
        words = re.sub(r"[^A-Za-z0-9]+", "-", f"{account.number}-{account.name}").strip("-")
        name = f"{ROOTS[account.kind]}{separator}{words}"
        if name in names.values() or not words[:1].isdigit():
            name = (
                f"{ROOTS[account.kind]}{separator}{re.sub('[^A-Z0-9]+', '-', account.code.upper())}"
            )
        names[account.code] = name
    return names


def quoted(text: str) -> str:
    """A string of Beancount's, on one line."""
    one_line = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{one_line}"'
