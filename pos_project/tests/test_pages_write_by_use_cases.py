"""No page of the back office writes by itself: each calls the use case that tills call too."""

import ast
import inspect
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, UniqueConstraint
from django.test import Client, RequestFactory

from accounts.models import User
from catalog.models import Product, TaxRate
from conftest import at_the_office
from pos_project.core.back_office.form_page import FormPage
from pos_project.core.back_office.model_admin import ShopAdmin
from pos_project.core.back_office.posted_records import HistoryInline, ReadOnlyAdmin
from pos_project.core.days import today
from pos_project.tests import shop
from pos_project.tests.page_forms import form_of, opened

OURS = Path(__file__).parents[2]
# How Django and its packages write on behalf of a page.
DJANGOS_WAYS = (
    *("save_model", "save_form", "save_related", "save_formset"),
    *("delete_model", "delete_queryset", "delete_view", "response_action"),
)
WRITES = {
    *("save", "delete", "create", "get_or_create", "update_or_create"),
    *("bulk_create", "bulk_update", "save_base", "select_for_update", "set_password", "archive"),
}
PAGES = admin.site._registry.items()


@pytest.mark.parametrize("page", [page for _, page in PAGES], ids=lambda page: page.opts.label)
def test_every_page_stands_on_the_one_that_calls_use_cases(page: Any) -> None:
    assert isinstance(page, ShopAdmin)
    for way in DJANGOS_WAYS:
        where = next(kind for kind in type(page).__mro__ if way in vars(kind))
        assert where.__module__.split(".")[0] in ("django", "unfold") or where is FormPage, way
    assert all(issubclass(inline, HistoryInline) for inline in page.inlines)


@pytest.mark.parametrize("page", [page for _, page in PAGES], ids=lambda page: page.opts.label)
def test_a_page_with_a_form_names_its_use_cases(admin: User, page: Any) -> None:
    if isinstance(page, ReadOnlyAdmin):
        return
    request = RequestFactory().get("/")
    request.user = admin
    asked = {
        "add_row": page.has_add_permission(request),
        "change_row": page.has_change_permission(request),
    }
    for way, is_offered in asked.items():
        has_one = getattr(type(page), way) is not getattr(ShopAdmin, way)
        assert has_one or not is_offered, way


def modules_of_pages() -> list[Path]:
    """Where pages, their forms and their files are made."""
    defined = {
        Path(inspect.getfile(kind))
        for _, page in PAGES
        for kind in (*type(page).__mro__, page.form, *getattr(page, "resource_classes", ()))
        if kind is not object
    }
    named = {*OURS.glob("*/*admin*.py"), *OURS.glob("pos_project/core/back_office/*.py")}
    ours = {path for path in defined if OURS in path.parents and ".venv" not in path.parts}
    return sorted(ours | named)


@pytest.mark.parametrize("module", modules_of_pages(), ids=lambda path: path.stem)
def test_what_makes_a_page_does_not_write(module: Path) -> None:
    written = [
        f"{node.func.attr} in line {node.lineno}"
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in WRITES or _updates_rows(node))
    ]
    assert not written


def _updates_rows(call: ast.Call) -> bool:
    """`rows.update(column=…)`, and not a dict's or a set's."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "update" and not call.args


# --- The limits are those of the API ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "typed", "said"),
    [
        ("catalog/product", {"price": "99999999999"}, "Must be between 0 and 99999999.99."),
        ("catalog/product", {"price": "-1"}, "Must be between 0 and 99999999.99."),
        ("catalog/product", {"description": "x" * 10_001}, "no more than 10000 characters"),
        ("catalog/taxrate", {"rate": "-200"}, "Must be between 0 and"),
        ("catalog/taxrate", {"rate": "100.01"}, "Must be between 0 and 100."),
        ("sales/customer", {"phone": "ask his brother"}, "then 6 to 20 digits"),
        ("sales/customer", {"notes": "x" * 10_001}, "no more than 10000 characters"),
        ("purchasing/supplier", {"whatsapp": "1"}, "then 6 to 20 digits"),
        ("accounts/user", {"name": "F"}, "at least 2 characters"),
        ("accounts/user", {"phone": "x"}, "then 6 to 20 digits"),
    ],
)
def test_a_form_refuses_what_the_api_refuses(
    admin: User, page: str, typed: dict[str, str], said: str
) -> None:
    office = at_the_office(admin)
    whole = {"name": "New", "sku": "N-1", "price": "1", "rate": "1", "email": "n@shop.example"}
    address = f"/admin/{page}/add/"
    shown = opened(office, address)
    known = {name: value for name, value in whole.items() if name in shown}

    refused = office.post(address, {**shown, **known, "new_password": "long-enough", **typed})

    assert refused.status_code == 200
    assert said in refused.content.decode()
    [(name, value)] = typed.items()
    assert form_of(refused)[name] == value


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("ledger/expense", {"title": "Rent", "amount": "1", "expense_date": "1899-12-31"}),
        ("purchasing/purchase", {"purchase_date": "1899-12-31"}),
        ("ledger/periodlock", {"reason": "Audit", "locked_through": "1899-12-31"}),
    ],
)
def test_a_day_is_one_of_the_api(office: Client, page: str, typed: dict[str, str]) -> None:
    address = f"/admin/{page}/add/"

    refused = office.post(address, {**opened(office, address), **typed})

    assert "A day between 2000 and 2100." in refused.content.decode()


@pytest.mark.django_db
def test_a_price_falls_by_all_of_it_at_most(office: Client) -> None:
    shirt = shop.a_product("10")
    form = {"action": "change_prices", "_selected_action": shirt.pk, "step": "0.01", "by": "-200"}
    form["from_day"] = today().isoformat()

    page = office.post("/admin/catalog/product/", {**form, "change": "percent"})

    assert "A price falls by 100 percent at most." in page.content.decode()
    assert Product.objects.get().price == 10


# --- No constraint is called by its name ---

CONSTRAINTS = [
    (model, constraint)
    for model in apps.get_models()
    if model.__module__.split(".")[0] in {path.name for path in OURS.iterdir()}
    for constraint in model._meta.constraints
]


@pytest.mark.parametrize(
    ("model", "constraint"), CONSTRAINTS, ids=[each.name for _, each in CONSTRAINTS]
)
def test_every_constraint_says_what_it_wants_in_a_sentence(model: Any, constraint: Any) -> None:
    if isinstance(constraint, UniqueConstraint) and not constraint.condition:
        said = str(model().unique_error_message(model, constraint.fields).messages[0])
    else:
        assert isinstance(constraint, CheckConstraint)
        said = constraint.get_violation_error_message()
    assert constraint.name not in said
    assert "_" not in said
    assert "onstraint" not in said
    assert said[0].isupper()
    assert said.endswith(".")


@pytest.mark.django_db
def test_a_broken_constraint_is_told_in_its_sentence() -> None:
    with pytest.raises(ValidationError, match="A tax rate is from 0 to 100 percent"):
        TaxRate(name="x", name_key="x", rate=Decimal(-1)).full_clean()
