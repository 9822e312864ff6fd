"""The way to the page that prints labels, from wherever there are products to be labelled."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse


def label_page(copies: Mapping[int, int]) -> str:
    """Its address, asked for so many labels of each of these products."""
    products = ",".join(f"{product_id}:{count}" for product_id, count in copies.items())
    return f"{reverse('labels')}?{urlencode({'products': products}, safe=':,')}"
