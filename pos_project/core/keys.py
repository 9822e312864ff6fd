"""Uniqueness that does not depend on a database's collation.

Text is kept as typed. Beside it stands a nullable unique key: normalised (NFKC), case folded,
trimmed, compared byte by byte. Archiving a row sets the key to NULL, so the name is free again.
"""

import unicodedata
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


def key_of(text: str | None) -> str | None:
    """The key under which `text` is unique; None when there is no text."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    return unicodedata.normalize("NFKC", folded).strip() or None


class KeyField(models.CharField):
    """A unique key column with a binary collation on MySQL/MariaDB; filled with `key_of(…)`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
