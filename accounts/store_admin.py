"""The shop's own page: its papers, its stores, what people may do there, and in which they act."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
)

from accounts import people, second_factor_pages
from accounts.api.stores import StoreNumbersIn
from accounts.models import Store
from accounts.shop_settings import add_store, change_settings
from accounts.store_of_session import choose_store
from accounts.stores import STORES, has_several, stores_of
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.form_page import picture_of_form
from pos_project.core.back_office.forms import RowForm
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.http.permissions import ADMIN
from pos_project.core.images.pictures import PictureChange, image_url

OF_STORES = "staff_transfer_stock"
STAFF_RULES = (
    "staff_sell_below_list",
    "staff_max_discount",
    "staff_refund_without_goods",
    "staff_max_refund",
    "staff_correct_stock",
    OF_STORES,
    "staff_see_cost",
    "staff_set_levels",
)
TILL_RULES = (
    "shift_required",
    "staff_open_shifts",
    "staff_close_shifts",
    "staff_move_cash",
    "staff_see_expected_cash",
)


class StoreForm(RowForm):
    """What stands on papers. The logo is a picture like any other."""

    api = StoreNumbersIn
    logo_file = forms.FileField(
        label="Logo", required=False, widget=UnfoldAdminFileFieldWidget, help_text="To 15 MB."
    )

    class Meta:
        model = Store
        fields = (
            "name",
            "kind",
            "address",
            "phone",
            "tax_number",
            "currency_sign",
            "receipt_header",
            "receipt_footer",
            "number_prefix",
            "reorder_level",
            "reorder_quantity",
            "bad_debt_tax_comes_back",
            "price_changers",
            *STAFF_RULES,
            *TILL_RULES,
        )
        help_texts: ClassVar[dict[str, str]] = {
            "reorder_level": "Fewer units of a product than this are low, unless its own page says"
            " otherwise.",
            "bad_debt_tax_comes_back": "Then Tax payable is lowered by the tax in what is"
            " written off, unless that is typed in.",
            "reorder_quantity": "Empty: what is missing, or what 30 days sell.",
            "staff_sell_below_list": "Off: a lower price, at the till or in the list, needs an"
            " approval.",
            "staff_max_discount": "Discount and lowered prices together, in per cent of the list's"
            " prices. Empty: any.",
            "staff_refund_without_goods": "Off: money back for goods that stay out needs an"
            " approval.",
            "staff_max_refund": "All that is refunded of one sale, in the shop's currency."
            " Empty: any amount.",
            "staff_correct_stock": "Off: adjustments, undoing them, opening stock and removing a"
            " product that is in stock need an approval.",
            "staff_transfer_stock": "Off: sending goods to another store, receiving them and"
            " turning them back need an approval. Everybody may ask for goods.",
            "staff_see_cost": "Off: costs and profit are left empty for staff at the till."
            " Totals of purchases stay, since staff pay them.",
            "staff_set_levels": "Off: reorder levels, quantities and places on the shelf, of a"
            " product and of one in a store, need an approval.",
            "number_prefix": "Capitals and digits. DHK: its sales are numbered DHK-S000042. Empty:"
            " INV. Numbers that were given stay.",
            "shift_required": "On: cash that is taken or paid without an open shift is refused.",
            "staff_see_expected_cash": "Off: staff count blind, and see no X report.",
        }

    def clean_logo_file(self) -> Any:
        return picture_of_form(self.cleaned_data.get("logo_file"))


class PinForm(second_factor_pages.OwnPassword):
    pin = forms.CharField(
        label="New PIN",
        required=False,
        max_length=people.MAX_PIN,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text="Six to twelve digits. With it and your e-mail you approve at the till what staff"
        " may not do. Empty: no PIN.",
    )


class ChoiceForm(forms.Form):
    store = forms.ChoiceField(
        label="Store",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="What you sell, buy, count and book from now on happens there, and lists and"
        " figures show it.",
    )


@admin.register(Store)
class StoreAdmin(ShopAdmin):
    """The shop's settings: papers, these pages, and what staff may do at the till."""

    form = StoreForm
    picture_field = "logo_file"
    list_display = ("name", "kind", "state", "address", "phone", "currency_sign")
    readonly_fields = ("logo_now",)
    actions_detail = ("close", "reopen")
    fieldsets = (
        (None, {"fields": ("name", "kind", "address", "phone", "tax_number", "currency_sign")}),
        ("Papers", {"fields": ("logo_now", "logo_file", "receipt_header", "receipt_footer")}),
        ("Reordering", {"fields": (("reorder_level", "reorder_quantity"),)}),
        ("Books", {"fields": ("bad_debt_tax_comes_back",)}),
        ("Rights in the back office", {"fields": ("price_changers",)}),
        (
            "What staff may do at the till",
            {
                "fields": STAFF_RULES,
                "description": "What is not allowed is refused, or approved by a manager with"
                " e-mail and password or PIN; both are in the audit. Managers and admins are not"
                " bound by it.",
            },
        ),
        ("Tills and shifts", {"fields": TILL_RULES}),
    )

    @display(description="logo now")
    def logo_now(self, store: Store) -> SafeString | str:
        url = image_url(store.logo or None, None)
        return format_html('<img src="{}" alt="" class="max-h-24">', url) if url else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Store | None = None) -> Any:
        # Who may change prices is not for those to say whom it is about.
        return (
            self.readonly_fields
            if _is_admin(request)
            else ("logo_now", "price_changers", "kind", "number_prefix")
        )

    def get_fieldsets(self, request: HttpRequest, obj: Store | None = None) -> Any:
        # With one store all numbers are its own, and nothing is said of others.
        shown = super().get_fieldsets(request, obj)
        if not has_several():
            return tuple(
                (title, {**part, "fields": tuple(x for x in part["fields"] if x != OF_STORES)})
                for title, part in shown
            )
        numbers = ("Numbers of sales", {"fields": ("number_prefix",)})
        return (*shown[:2], numbers, *shown[2:])

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        by: Any = request.user
        is_theirs = obj is None or _is_admin(request) or obj in stores_of(by)
        return self.has_view_permission(request) and is_theirs

    def has_close_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return _is_admin(request)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """A store that is open is closed, and one that is closed is opened again."""
        store = self.get_object(request, object_id)
        offered = "close" if store is None or store.closed_at is None else "reopen"
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if each.method.url_path == offered and has_several()
        ]

    @display(description="state", ordering="closed_at", label={"open": "success"})
    def state(self, store: Store) -> str:
        return "open" if store.closed_at is None else "closed"

    @action(description="Close", permissions=["close"], url_path="close", icon="block")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and close the store."""
        return self._ask_to_turn(
            request,
            object_id,
            closed=True,
            warning="Nobody acts there any more; its documents and figures stay.",
        )

    @action(description="Open again", permissions=["close"], url_path="reopen", icon="undo")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and open the store again."""
        return self._ask_to_turn(request, object_id, closed=False, warning="")

    def _ask_to_turn(
        self, request: HttpRequest, object_id: str, *, closed: bool, warning: str
    ) -> HttpResponse:
        store: Store = get_object_or_404(Store, pk=object_id)
        word = "Close" if closed else "Open"
        return self.ask_and_do(
            request,
            forms.Form(asked(request)),
            lambda _, __: change_settings(store.pk, {}, closed=closed),
            lambda _: f"{store.name} is {'closed' if closed else 'open'}.",
            title=f"{word} {store.name}?",
            button=word,
            back_to=self.page_of(store.pk),
            warning=warning,
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("my-pin/", own(self.own_pin), name="accounts_store_own_pin"),
            path(
                "my-second-factor/",
                own(partial(second_factor_pages.page, self)),
                name="accounts_store_own_second_factor",
            ),
            path("choose/", own(self.choose), name="accounts_store_choose"),
            *super().get_urls(),
        ]

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Ask in which store whoever is signed in acts from now on."""
        by: Any = request.user
        home = STORES.get()[by.home_id]
        everywhere = "all stores are shown" if by.role == ADMIN else "home"
        choices = [("", f"{home.name} ({everywhere})")]
        choices += [(str(store.pk), store.name) for store in stores_of(by)]

        def do(answers: dict[str, Any], _: RequestKey | None) -> str:
            chosen = answers["store"]
            choose_store(request, int(chosen) if chosen else None)
            return f"You act in {dict(choices)[chosen]}."

        form = ChoiceForm(asked(request), initial={"store": by.store_id if by.chosen_from else ""})
        form.fields["store"].choices = choices  # type: ignore[attr-defined]  # (a choice)
        return self.ask_and_do(
            request,
            form,
            do,
            str,
            title="Which store?",
            button="Act there",
            back_to=reverse("admin:index"),
        )

    def own_pin(self, request: HttpRequest) -> HttpResponse:
        """Ask whoever is signed in for the PIN with which they approve."""
        by: Any = request.user

        def do(answers: dict[str, Any], _: RequestKey | None) -> str:
            second_factor_pages.require_few_tries(request)
            people.change_own_pin(by, answers["password"], answers["pin"])
            return "Your PIN was changed." if answers["pin"] else "Your PIN was removed."

        return self.ask_and_do(
            request,
            PinForm(asked(request)),
            do,
            str,
            title="My approval PIN",
            button="Save",
            back_to=self.list_page,
            warning="" if by.pin else "You have no PIN yet: you approve by your password.",
        )

    def add_row(
        self,
        fields: dict[str, Any],
        *,
        picture: PictureChange,
        key: RequestKey | None,
        **_: Any,
    ) -> Store:
        return add_store(fields, logo=picture, key=key)

    def change_row(
        self,
        row_id: Any,
        fields: dict[str, Any],
        *,
        picture: PictureChange,
        seen: dict[str, Any],
        **_: Any,
    ) -> None:
        change_settings(row_id, fields, logo=picture, seen=seen)


def _is_admin(request: HttpRequest) -> bool:
    return getattr(request.user, "role", None) == ADMIN
