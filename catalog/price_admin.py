"""Prices in the back office: who may change them, and changing many at once after a preview."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from accounts.models import Store
from catalog.coming_prices import drop_plans, plan_prices
from catalog.models import Product
from catalog.prices import Change, NewPrice, PriceRule, preview, reprice
from pos_project.core.back_office.days import DayField
from pos_project.core.back_office.form_keys import key_of_form, reused
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.days import today
from pos_project.core.errors import DomainError, Invalid
from pos_project.core.http.permissions import ADMIN

MAX_REPRICED = 1000


class PriceForm(forms.Form):
    change = forms.ChoiceField(
        choices=[
            (Change.PERCENT, "by percent"),
            (Change.AMOUNT, "by an amount"),
            (Change.TO, "to an amount"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    by = forms.DecimalField(
        max_digits=10,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="-10 with “by percent” takes a tenth off.",
    )
    step = forms.ChoiceField(
        label="Rounded to",
        choices=[(step, step) for step in ("0.01", "0.05", "0.10", "0.50", "1.00")],
        widget=UnfoldAdminSelectWidget,
    )
    ending = forms.ChoiceField(
        label="Ending in",
        required=False,
        choices=[("", "whatever comes")]
        + [(ending, ending) for ending in ("0.99", "0.95", "0.90", "0.50", "0.00")],
        widget=UnfoldAdminSelectWidget,
        help_text="The nearest price that ends so.",
    )
    from_day = DayField(
        label="From",
        initial=today,
        help_text="Today: at once. A later day: that day's first sale has the new price.",
    )
    # What was seen in the preview: the prices are changed from these, or not at all.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class PricesAdmin(ShopAdmin):
    """A page of products, whose prices only those change whom the shop's settings let."""

    def costs_of(self, products: Sequence[Product]) -> Mapping[int, Decimal]:
        """What a unit of each cost the last time, in one statement."""
        raise NotImplementedError

    def may_change_prices(self, request: HttpRequest) -> bool:
        user: Any = request.user
        managers_may = user.store.price_changers == Store.PriceChanger.MANAGERS
        return user.role == ADMIN or managers_may

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> Any:
        fixed = () if obj is None or self.may_change_prices(request) else ("price",)
        return (*self.readonly_fields, *fixed)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        shown = super().get_changelist(request, **kwargs)
        return shown if self.may_change_prices(request) else _fixed(shown)

    def get_actions(self, request: HttpRequest) -> Any:
        offered = super().get_actions(request)
        if not self.may_change_prices(request):
            offered.pop("change_prices", None)
            offered.pop("forget_planned_prices", None)
        return offered

    @admin.action(description="Change prices…", permissions=["change"])
    def change_prices(self, request: HttpRequest, products: QuerySet[Any]) -> HttpResponse | None:
        """Ask for a rule, show what it makes of each price, then do just that."""
        chosen = list(products.order_by("search_text", "id")[: MAX_REPRICED + 1])
        if len(chosen) > MAX_REPRICED:
            messages.error(request, f"At most {MAX_REPRICED} products at once.")
            return None
        form = PriceForm(request.POST if "by" in request.POST else None, initial={"step": "0.01"})
        prices: list[NewPrice] = []
        taken = set(request.POST.getlist("take"))
        if form.is_valid():
            said = form.cleaned_data
            rule = PriceRule(
                Change(said["change"]),
                said["by"],
                Decimal(said["step"]),
                Decimal(said["ending"]) if said["ending"] else None,
            )
            try:
                prices = preview(chosen, rule, costs=self.costs_of(chosen))
                if said["seen"] == _seen(prices):
                    wanted = [each for each in prices if str(each.product.pk) in taken]
                    told = self._change(request, wanted, said["from_day"])
                    messages.success(request, told)
                    return HttpResponseRedirect(self.list_page)
            except DomainError as refusal:
                form.add_error(None, reused(request, refusal).message)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": f"Change {len(chosen)} prices",
            "form": form,
            "prices": prices,
            "seen": _seen(prices) if prices else "",
            "chosen": [product.pk for product in chosen],
            "taken": taken or {str(product.pk) for product in chosen},
            "back_to": self.list_page,
            "button": "Change these prices" if prices else "Preview",
        }
        return TemplateResponse(request, "back_office/prices.html", context)

    @admin.action(description="Forget planned prices", permissions=["change"])
    def forget_planned_prices(self, request: HttpRequest, products: QuerySet[Any]) -> None:
        count = drop_plans(products.values_list("pk", flat=True))
        messages.success(request, f"{count} planned prices were forgotten.")

    def _change(self, request: HttpRequest, prices: list[NewPrice], from_day: date) -> str:
        """Change the prices, or plan them; what to say of it."""
        if not prices:
            raise Invalid("No line is ticked.")
        at_once = from_day <= today()
        done = "{} prices changed." if at_once else f"{{}} prices begin on {from_day:%d-%m-%Y}."
        key = key_of_form(request, lambda count: (done.format(count), self.list_page))
        if at_once:
            return done.format(reprice(prices, key=key))
        by: Any = request.user
        return done.format(plan_prices(prices, from_day, by=by, key=key))


def _fixed(shown: type[ChangeList]) -> type[ChangeList]:
    """The list without prices to type into."""

    class Fixed(shown):  # type: ignore[valid-type,misc]  # (a base known at run time)
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.list_editable = ()

    return Fixed


def _seen(prices: list[NewPrice]) -> str:
    """What a preview showed, so that just that is done and nothing that came after it."""
    told = " ".join(f"{each.product.pk}:{each.before}:{each.after}" for each in prices)
    return hashlib.sha256(told.encode()).hexdigest()
