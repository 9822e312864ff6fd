"""Uniqueness that does not depend on a database's collation.

Text is kept as typed. Beside it stands a nullable unique key: normalised (NFKC), case folded,
trimmed, without what nobody sees, compared byte by byte. Archiving a row sets the key to NULL, so
the name is free again.
"""

import hashlib
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable

from pos_project.core.written_text import visible

DIGEST_LENGTH = 32  # hex digits that stand for the end of a key too long for its column


def key_of(text: str | None) -> str | None:
    """The key under which `text` is unique; None when there is no text, or none that is seen."""
    folded = visible(unicodedata.normalize("NFKC", text or "").casefold())
    return unicodedata.normalize("NFKC", folded).strip() or None


class KeyField(models.CharField):
    """A unique key column with a binary collation on MySQL/MariaDB; filled with `fold(…)` of the
    text beside it. `fold` is no part of the schema, so migrations do not know it.

    Folding can make a text longer (`ﷺ` becomes 18 letters): a key that outgrows its column ends
    in a digest instead, in the row and in every look-up alike.
    """

    if TYPE_CHECKING:  # the stubs' plugin cannot see the default null=True below
        _pyi_private_set_type: str | Combinable | None  # type: ignore[assignment]  # (as above)
        _pyi_private_get_type: str | None  # type: ignore[assignment]  # (as above)

    def __init__(
        self, *args: Any, fold: Callable[[str | None], str | None] = key_of, **kwargs: Any
    ) -> None:
        self.fold = fold
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        # Django leaves out what is its own default: migrations would take the one above instead.
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "null": self.null}

    def get_prep_value(self, value: Any) -> Any:
        key = super().get_prep_value(value)
        if key is None or self.max_length is None or len(key) <= self.max_length:
            return key
        digest = hashlib.sha256(key.encode()).hexdigest()[:DIGEST_LENGTH]
        return key[: self.max_length - DIGEST_LENGTH] + digest

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
