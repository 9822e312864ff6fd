"""Django's own backend, but for counting what is sent."""

from typing import Any

from django.db.backends.sqlite3 import base

from pos_project.core.db.statements import SENT


class CountingCursor(base.SQLiteCursorWrapper):
    def execute(self, query: Any, params: Any = None) -> Any:
        SENT.count += 1
        return super().execute(query, params)

    def executemany(self, query: Any, param_list: Any) -> Any:
        SENT.count += 1
        return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=CountingCursor)
