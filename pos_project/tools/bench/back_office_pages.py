"""Every page of the back office that a browser can open, by its address.

The bench measures them and the tests walk them; a page that somebody adds is among them at once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import User
from catalog.label_page import label_page
from catalog.models import Product
from ledger.chart import CASH
from pos_project.core.days import today
from pos_project.core.people import Archivable
from purchasing.models import Supplier
from purchasing.reordering import NO_SUPPLIER
from sales.models import Customer

# Answers to a POST, and what nobody may do: rows leave by actions of their own.
NOT_OPENED = ("_delete", "_process_import")
OFFERED = 4  # so many choices of each list filter

# Which row a page of one row is opened for; None for the newest.
RowOf = Callable[[type[Model]], object | None]


@dataclass(frozen=True)
class Page:
    """`of` is the model's name, or the site's; `what` the list, a form, an action."""

    of: str
    what: str
    url: str

    def __str__(self) -> str:
        return f"{self.of}: {self.what}"


def pages(user: User, *, row_of: RowOf = lambda model: None) -> Iterator[Page]:
    """The home page, every list, the form of a new row, one row's page and its actions.

    `user` is who opens them; what is listed for them decides which row is the newest.
    """
    for name in ("index", "password_change"):
        yield Page("site", name, reverse(f"admin:{name}"))
    yield Page("site", "search", f"{reverse('admin:search')}?s=sal")
    products = Product.objects.listed().values_list("pk", flat=True)[:100]
    yield Page("site", "labels", label_page(dict.fromkeys(products, 1)))
    yield from _reports()
    for model, office in admin.site._registry.items():
        yield from _of_model(model, office, asking(user), row_of(model))


def _reports() -> Iterator[Page]:
    """Every report with the days it opens with, and those of one account, party and product."""
    ones: dict[str, object] = {
        "report-ledger": CASH,
        "report-customer": Customer.objects.values_list("pk", flat=True).first(),
        "report-supplier": Supplier.objects.values_list("pk", flat=True).first(),
        "report-product-sales": Product.objects.values_list("pk", flat=True).first(),
        "report-order": NO_SUPPLIER,
    }
    for name in sorted(each for each in get_resolver().reverse_dict if isinstance(each, str)):
        if not name.startswith("report") or name == "report-explain":
            continue
        if name not in ones:
            yield Page("report", name, reverse(name))
        elif ones[name] is not None:
            yield Page("report", name, reverse(name, args=[ones[name]]))


def ways(user: User) -> Iterator[Page]:
    """The lists once more: searched, by each filter, sorted by each column."""
    for model, office in admin.site._registry.items():
        home = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        request = asking(user, home)
        if not office.has_view_permission(request):
            continue
        shown = office.get_changelist_instance(request)
        row = shown.result_list[0] if len(shown.result_list) else None
        searched = () if row is None else _searched(office, office.get_queryset(request), row)
        for what, query in (*searched, *_filtered(shown), *_sorted(shown)):
            yield Page(model._meta.label_lower, f"list {what}", f"{home}?{query.lstrip('?')}")


def asking(user: User, url: str = "/") -> HttpRequest:
    """A request by that user, as the admin's own methods want one."""
    request = RequestFactory().get(url)
    request.user = user
    return request


def _of_model(
    model: type[Model], office: "ModelAdmin[Any]", request: HttpRequest, row_id: object | None
) -> Iterator[Page]:
    if row_id is None:
        newest = office.get_queryset(request).order_by("-pk").values_list("pk", flat=True)
        row_id = newest.first()
    label = model._meta.label_lower
    stem = f"{model._meta.app_label}_{model._meta.model_name}_"
    removed = model._base_manager.all()
    if issubclass(model, Archivable):
        removed = model._base_manager.exclude(archived_at=None)
    for name in dict.fromkeys(pattern.name for pattern in office.get_urls()):
        if name is None or name.endswith(NOT_OPENED):
            continue
        what = name.removeprefix(stem).replace("changelist", "list")
        if not _is_offered(office, what, request):
            continue
        try:
            yield Page(label, what, reverse(f"admin:{name}"))
        except NoReverseMatch:
            one = removed.values_list("pk", flat=True).first() if what == "restore" else row_id
            if one is not None:
                yield Page(label, what, reverse(f"admin:{name}", args=[one]))
    for field in office.get_autocomplete_fields(request):
        asked = {
            "app_label": model._meta.app_label,
            "model_name": model._meta.model_name,
            "field_name": field,
            "term": "a",
        }
        url = f"{reverse('admin:autocomplete')}?{urlencode(asked)}"
        yield Page(label, f"autocomplete {field}", url)


def _is_offered(office: "ModelAdmin[Any]", what: str, request: HttpRequest) -> bool:
    may: Any = office
    if what == "add":
        return bool(may.has_add_permission(request))
    if what == "export" and hasattr(office, "has_export_permission"):
        return bool(may.has_export_permission(request))
    return True


def _searched(
    office: "ModelAdmin[Any]", rows: "QuerySet[Any]", row: Model
) -> Iterator[tuple[str, str]]:
    """For a word that a row of the list has."""
    for field in office.search_fields:
        path = field.removesuffix("__istartswith")
        value = rows.filter(pk=row.pk).values_list(path, flat=True).get()
        if value:
            yield "searched", urlencode({SEARCH_VAR: str(value).split()[0]})
            return


def _filtered(shown: ChangeList) -> Iterator[tuple[str, str]]:
    for spec in shown.filter_specs:
        name = getattr(spec, "parameter_name", None) or getattr(spec, "field_path", spec.title)
        choices: list[Mapping[str, Any]] = list(spec.choices(shown))
        offered = [each for each in choices if "query_string" in each and not each["selected"]]
        for each in offered[:OFFERED]:
            yield f"by {name} {each['display']}", each["query_string"]
        if not any("query_string" in each for each in choices):  # a range of days
            day = "_from" if f"{name}_from" in (spec.expected_parameters() or ()) else "_from_0"
            yield f"since {name}", urlencode({f"{name}{day}": today() - timedelta(days=30)})


def _sorted(shown: ChangeList) -> Iterator[tuple[str, str]]:
    for place, name in enumerate(shown.list_display):
        if shown.get_ordering_field(name):
            said = name if isinstance(name, str) else name.__name__
            yield f"sorted by {said}", urlencode({ORDER_VAR: place})
