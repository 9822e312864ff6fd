"""Labels of products: which and how many, on which paper; the answer is the PDF."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from accounts.models import Store
from catalog.models import Product
from reports.documents import labels
from reports.documents.views import private

MAX_PRODUCTS, MAX_COPIES, MAX_LABELS = 500, 500, 5000


class LabelsForm(forms.Form):
    layout = forms.ChoiceField(
        label="Paper",
        initial=next(iter(labels.LAYOUTS)),
        choices=[(name, layout.title) for name, layout in labels.LAYOUTS.items()],
        widget=UnfoldAdminSelectWidget,
    )
    skip = forms.IntegerField(
        label="Places of the first sheet that are used up",
        required=False,
        min_value=0,
        max_value=100,
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"class": "shop-number"}),
    )


class CopiesForm(forms.Form):
    """How many labels of one product."""

    copies = forms.IntegerField(
        min_value=0,
        max_value=MAX_COPIES,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"class": "shop-number"}),
    )

    product: Product


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """`?products=12:5,13` asks for labels of these products, five of the first."""
    wanted = _wanted(request.GET.get("products", ""))
    known = Product.objects.listed().in_bulk(list(wanted))
    data = request.POST if request.method == "POST" else None
    form = LabelsForm(data)
    lines = []
    for product_id, copies in wanted.items():
        if product_id in known:
            line = CopiesForm(data, initial={"copies": copies}, prefix=str(product_id))
            line.product = known[product_id]
            lines.append(line)
    are_valid = [each.is_valid() for each in (form, *lines)]  # each says what is wrong with it
    if data is not None and all(are_valid):
        counts = [(line.product, line.cleaned_data["copies"] or 0) for line in lines]
        if 0 < sum(count for _, count in counts) <= MAX_LABELS:
            return _pdf(request, counts, form.cleaned_data)
        form.add_error(None, f"From 1 to {MAX_LABELS} labels at once.")
    context = {
        **admin.site.each_context(request),
        "title": "Print labels",
        "opts": Product._meta,
        "form": form,
        "lines": lines,
        "button": "Labels as PDF",
        "back_to": reverse("admin:catalog_product_changelist"),
    }
    return TemplateResponse(request, "back_office/labels.html", context)


def _wanted(text: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for each in text.split(",")[:MAX_PRODUCTS]:
        product_id, _, count = each.partition(":")
        if product_id.isascii() and product_id.isdecimal() and len(product_id) < 19:
            is_number = count.isascii() and count.isdecimal() and len(count) < 5
            found[int(product_id)] = min(int(count), MAX_COPIES) if is_number else 1
    return found


def _pdf(
    request: HttpRequest, counts: list[tuple[Product, int]], said: dict[str, Any]
) -> HttpResponse:
    user: Any = request.user
    sign = Store.objects.get(pk=user.store_id).currency_sign
    copies = [(labels.Label.of(product, sign=sign), count) for product, count in counts]
    made = labels.render(copies, labels.LAYOUTS[said["layout"]], skip=said["skip"] or 0)
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="labels.pdf"'
    return private(answer)
