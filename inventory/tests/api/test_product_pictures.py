"""A product's picture over the wire: uploaded, shown, replaced, removed, and never left behind."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.storage import FileSystemStorage
from rest_framework.test import APIClient

from catalog.models import Product
from inventory.tests.api.conftest import files, picture

Make = Callable[..., Product]
URL = "/api/products"
SHIRT = {"name": "Blue T-Shirt", "sku": "TS-001", "price": 19.99}


def test_a_picture_comes_with_a_form_and_is_shown_absolutely(as_staff: APIClient) -> None:
    answer = as_staff.post(URL, {**SHIRT, "image": picture()}, format="multipart")
    assert answer.status_code == 201
    made = Product.objects.get()
    assert files() == [made.image_public_id]
    url = answer.json()["product"]["image_url"]
    assert url == f"http://testserver/media/{made.image_public_id}"
    assert as_staff.get(URL).json()["data"][0]["image_url"] == url
    assert APIClient().get(url).status_code == 200  # without a token, as <img> asks


@pytest.mark.parametrize("field", ["sku", "brand_id"])
def test_a_refused_creation_leaves_no_file_behind(field: str, as_staff: APIClient) -> None:
    as_staff.post(URL, SHIRT)
    body = {**SHIRT, "sku": "NEW", "image": picture()}
    body[field] = "TS-001" if field == "sku" else "999"
    assert as_staff.post(URL, body, format="multipart").status_code in (400, 409)
    assert files() == []


def test_a_bad_picture_names_the_field_and_writes_nothing(as_staff: APIClient) -> None:
    bad = picture()
    bad.name = "shirt.gif"
    answer = as_staff.post(URL, {**SHIRT, "image": bad}, format="multipart")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["image"]
    assert Product.objects.count() == 0


def test_a_picture_is_replaced_and_removed_with_its_file(
    as_staff: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    as_staff.post(URL, {**SHIRT, "image": picture()}, format="multipart")
    made = Product.objects.get()
    first = made.image_public_id
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_staff.put(f"{URL}/{made.pk}", {"image": picture()}, format="multipart")
        assert len(files()) == 2  # the old one stays until the commit
    second = answer.json()["data"]["image_public_id"]
    assert files() == [second] != [first]
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_staff.put(f"{URL}/{made.pk}", {"removeImage": "true"}, format="multipart")
    assert answer.json()["data"]["image_url"] is None
    assert files() == []


def test_a_refused_change_keeps_the_old_picture_and_drops_the_new(
    as_staff: APIClient, product: Make, django_capture_on_commit_callbacks: Any
) -> None:
    as_staff.post(URL, {**SHIRT, "image": picture()}, format="multipart")
    made, other = Product.objects.get(), product()
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_staff.put(
            f"{URL}/{made.pk}", {"sku": other.sku, "image": picture()}, format="multipart"
        )
    assert answer.status_code == 409
    assert files() == [made.image_public_id]
    gone = as_staff.put(f"{URL}/9999", {"image": picture()}, format="multipart")
    assert gone.status_code == 404
    assert files() == [made.image_public_id]


def test_a_storage_that_fails_is_a_503_and_nothing_is_written(as_staff: APIClient) -> None:
    with patch.object(FileSystemStorage, "_save", side_effect=OSError("disk full")):
        answer = as_staff.post(URL, {**SHIRT, "image": picture()}, format="multipart")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert Product.objects.count() == 0
