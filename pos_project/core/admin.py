"""What the pages of the back office have in common."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ShopAdmin(ModelAdmin):
    """A page of master data. Rows with history are archived by their own actions, never here."""

    list_per_page = 50
    show_full_result_count = False  # a second count over a big table for every search
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = True

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ShopAdmin):
    """A page of history: to be read, searched and followed. What may be done to it is an action
    that runs a use case."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
