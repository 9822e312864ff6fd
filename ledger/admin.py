"""Accounts and payment methods: rows an accountant adds, and never deletes."""

from django.contrib import admin
from django.http import HttpRequest

from ledger.models import LedgerAccount, PaymentMethod
from pos_project.core.admin import ShopAdmin


class KeptAdmin(ShopAdmin):
    """Rows that the journal points to: added and renamed, their code fixed, never deleted."""

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(LedgerAccount)
class LedgerAccountAdmin(KeptAdmin):
    list_display = ("number", "name", "kind", "is_control")
    search_fields = ("number", "name", "code")


@admin.register(PaymentMethod)
class PaymentMethodAdmin(KeptAdmin):
    list_display = ("name", "code", "account", "is_active")
    search_fields = ("name", "code")
    autocomplete_fields = ("account",)
