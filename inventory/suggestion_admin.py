"""The page on which shops are supplied from a warehouse: what each should get, changed line by line
and asked for in one go."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanWidget,
)

from accounts.models import Store
from accounts.stores import STORES, stores_of
from inventory.ask_for_several import AskedFor, ForShop, ask_for_several
from inventory.suggestions import COVER_DAYS, DAYS, MOST_DAYS, Suggestion, choose_stores, suggest
from inventory.transfer_models import Transfer
from inventory.transfers import Wanted
from pos_project.core.back_office.ask_page import asked
from pos_project.core.back_office.forms import FreeTextField, show_refusal
from pos_project.core.back_office.lists import CSV, XLSX
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.days import today
from pos_project.core.db.idempotency import RequestKey
from pos_project.core.errors import DomainError
from pos_project.core.http import xlsx_file
from pos_project.core.http.csv_file import encode
from pos_project.core.http.fields import MAX_QUANTITY
from pos_project.core.http.formats import note_export
from pos_project.core.money import quantity

MAX_LINES = 500
AS_FILE = "as"
TITLE = "What shops should get"
HEADER = (
    *("Store", "Place", "Product", "SKU", "In the warehouse", "In the store", "On the way"),
    *("Reorder below", "Sold", "Missing", "To send"),
)


class ChooseForm(forms.Form):
    """From which store, to which, and for how long it should last."""

    warehouse = forms.ChoiceField(label="From", widget=UnfoldAdminSelectWidget)
    shop = forms.ChoiceField(label="To", required=False, widget=UnfoldAdminSelectWidget)
    days = forms.IntegerField(
        label="Sales of the last (days)",
        min_value=1,
        max_value=MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric"}),
    )
    cover_days = forms.IntegerField(
        label="Should last (days)",
        min_value=0,
        max_value=MOST_DAYS,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"inputmode": "numeric"}),
    )
    all_goods = forms.BooleanField(
        label="Also goods that a store never had",
        required=False,
        widget=UnfoldBooleanWidget,
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ = [store for store in STORES.get().values() if store.closed_at is None]
        # A warehouse is what goods mostly come from; a shop may send some, too.
        senders = sorted(open_, key=lambda store: (store.kind == Store.Kind.SHOP, _named(store)))
        self.senders = senders
        _offer(self.fields["warehouse"], [(store.pk, store.name) for store in senders])
        theirs = [(store.pk, store.name) for store in sorted(open_, key=_named)]
        _offer(self.fields["shop"], [("", "every shop"), *theirs])
        self.by = by

    def stores(self) -> tuple[Store, list[Store]]:
        said = self.cleaned_data
        shops = [int(said["shop"])] if said["shop"] else []
        return choose_stores(self.by, int(said["warehouse"]), shops)


def _offer(field: Any, choices: list[tuple[Any, str]]) -> None:
    field.choices = choices


def _named(store: Store) -> tuple[str, int]:
    return store.name.casefold(), store.pk


class NoteForm(forms.Form):
    note = FreeTextField(max_length=1000)


class LineForm(forms.Form):
    """So many units of a product for a shop; left empty, or zero, none are asked for."""

    store_id = forms.IntegerField(widget=forms.HiddenInput)
    product_id = forms.IntegerField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        min_value=0,
        max_value=MAX_QUANTITY,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(
            attrs={"inputmode": "numeric", "class": "shop-number", "aria-label": "to send"}
        ),
    )

    suggestion: Suggestion | None = None


class LineFormSet(forms.BaseFormSet):
    forms: list[Any]

    def clean(self) -> None:
        if not any(self.errors) and not self.filled:
            raise forms.ValidationError("Say how many units of at least one product.")

    @property
    def filled(self) -> list[Any]:
        return [form for form in self.forms if form.cleaned_data.get("quantity")]

    def show(self, found: Sequence[Suggestion]) -> None:
        """Put beside each line why."""
        known = {(each.store.pk, each.product.pk): each for each in found}
        for form in self.forms:
            at = (form["store_id"].value(), form["product_id"].value())
            form.suggestion = known.get((_number(at[0]), _number(at[1])))


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


LINES = forms.formset_factory(
    LineForm,
    formset=LineFormSet,
    extra=0,
    max_num=MAX_LINES,
    absolute_max=MAX_LINES,
    validate_max=True,
)


def page(admin: ShopAdmin, request: HttpRequest) -> HttpResponseBase:
    """Choose, look, change, ask. The choice stands in the address, so the page can be kept."""
    by: Any = request.user
    choose = _choice(request, by)
    found: list[Suggestion] = []
    chosen: dict[str, Any] = {}
    if choose.is_valid():
        chosen = choose.cleaned_data
        try:
            warehouse, shops = choose.stores()
            found = suggest(
                warehouse,
                shops,
                today=today(),
                days=chosen["days"],
                cover_days=chosen["cover_days"],
                all_goods=chosen["all_goods"],
            )
        except DomainError as refusal:
            show_refusal(choose, refusal)
            chosen = {}
    if chosen and request.GET.get(AS_FILE) in (CSV, XLSX):
        note_export(request)
        return _as_file(found, request.GET[AS_FILE])
    shown = found[:MAX_LINES]
    lines: Any = LINES(request.POST) if request.method == "POST" else LINES(initial=_initial(shown))

    def do(answers: dict[str, Any], key: RequestKey | None) -> AskedFor:
        return ask_for_several(
            int(chosen["warehouse"]),
            [
                ForShop(
                    line.cleaned_data["store_id"],
                    Wanted(
                        line.cleaned_data["product_id"], quantity(line.cleaned_data["quantity"])
                    ),
                )
                for line in lines.filled
            ],
            by=by,
            note=answers["note"],
            key=key,
        )

    def tell(done: AskedFor) -> tuple[str, str]:
        stores = STORES.get()
        told = ", ".join(f"{each} for {stores[each.to_store_id].name}" for each in done.transfers)
        # From there on a transfer has pages of its own (inventory/transfer_admin.py).
        return f"Asked for: {told}.", reverse("admin:inventory_transfer_changelist")

    lines.show(found)
    query = request.GET.copy()
    query.pop(AS_FILE, None)
    answer = admin.ask_and_do(
        request,
        NoteForm(asked(request) if chosen else None),
        do,
        tell,
        title=TITLE,
        button="Ask for these",
        back_to=reverse("admin:index"),
        lines=lines if chosen else None,
        template="back_office/suggestions.html",
        extra={
            "choose": choose,
            "chosen": chosen,
            "found": found,
            "more": len(found) - len(shown),
            "sums": _sums(found),
            "files": [
                (kind.upper(), f"?{query.urlencode()}&{AS_FILE}={kind}") for kind in (CSV, XLSX)
            ],
            "waiting": _waiting(chosen),
        },
    )
    return answer


def _choice(request: HttpRequest, by: Any) -> ChooseForm:
    usual = {"days": DAYS, "cover_days": COVER_DAYS}
    if "warehouse" in request.GET:
        return ChooseForm({**usual, **request.GET.dict()}, by=by)
    own = by.store_id if any(store.pk == by.store_id for store in stores_of(by)) else None
    form = ChooseForm(initial=usual, by=by)
    first = form.senders[0].pk if form.senders else None
    own_kind = STORES.get()[own].kind if own else None
    form.initial["warehouse"] = own if own_kind == Store.Kind.WAREHOUSE else first
    return form


def _initial(found: Sequence[Suggestion]) -> list[dict[str, Any]]:
    return [
        {"store_id": each.store.pk, "product_id": each.product.pk, "quantity": each.units}
        for each in found
    ]


def _sums(found: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """What each store lacks, and gets of it."""
    by_store: dict[int, dict[str, Any]] = {}
    for each in found:
        sums = by_store.setdefault(
            each.store.pk, {"name": each.store.name, "lines": 0, "missing": 0, "units": 0}
        )
        sums["lines"] += 1
        sums["missing"] += each.missing
        sums["units"] += each.units
    return list(by_store.values())


def _waiting(chosen: dict[str, Any]) -> list[Transfer]:
    """What was asked for there and has not left: each is picked by its list."""
    if not chosen:
        return []
    asked_for = Transfer.objects.filter(
        from_store_id=int(chosen["warehouse"]), status=Transfer.Status.ASKED
    )
    return list(asked_for.select_related("to_store").order_by("id")[:50])


def _as_file(found: Sequence[Suggestion], wanted: str) -> HttpResponseBase:
    answer: HttpResponseBase
    if wanted == XLSX:
        content = xlsx_file.render(TITLE, list(HEADER), _rows(found))
        answer = HttpResponse(content, content_type=xlsx_file.CONTENT_TYPE)
    else:
        parts = encode(([HEADER], _rows(found)))
        answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    name = f"what-shops-should-get-{today()}.{wanted}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _rows(found: Sequence[Suggestion]) -> Iterator[list[Any]]:
    for each in found:
        yield [
            *(each.store.name, each.place, each.product.name, each.product.sku),
            *(int(each.free), int(each.stock), int(each.coming)),
            *(each.level, int(each.sold), each.missing, each.units),
        ]
