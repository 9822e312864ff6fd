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


def account_names(book: Book) -> dict[str, str]:
    """Code of an account → `Assets:1010-Cash`; its code, where two would be called the same."""
    names: dict[str, str] = {}
    for account in book.accounts:
        name = _name(account.kind, f"{account.number}-{account.name}")
        taken = name in names.values()
        names[account.code] = _name(account.kind, account.code) if taken else name
    return names


def _name(kind: str, words: str) -> str:
    return f"{ROOTS[kind]}:{re.sub(r'[^A-Za-z0-9]+', '-', words).strip('-')}"


def quoted(text: str) -> str:
    """A string of Beancount's, on one line."""
    one_line = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{one_line}"'
