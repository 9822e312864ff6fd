"""Adding, showing and listing users (docs/api.md §17)."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.forms import FARID, FULL, png, refused
from conftest import make_user

# --- Adding ---


def test_a_user_is_added_and_can_sign_in(as_admin: APIClient, admin: User) -> None:
    answer = as_admin.post("/api/users", FARID | FULL)

    farid = User.objects.get(email="farid@shop.example")
    assert answer.status_code == 201
    assert answer.json() == {
        "success": True,
        "message": "User created",
        "userId": farid.pk,
        "data": {
            "id": farid.pk,
            "name": "Farid Ahmed",
            "email": "farid@shop.example",
            "role": "staff",
        },
    }
    assert farid.created_by == admin
    credentials = {"email": FARID["email"], "password": FARID["password"]}
    assert APIClient().post("/api/auth/login", credentials).status_code == 200


def test_only_name_e_mail_and_password_are_needed(as_admin: APIClient) -> None:
    answer = as_admin.post("/api/users", {**FARID, "role": "staff"})

    shown = as_admin.get(f"/api/users/{answer.json()['userId']}").json()
    assert (shown["role"], shown["status"], shown["verify"]) == ("staff", "active", False)


def test_the_browsers_form_adds_a_user_with_a_picture(as_admin: APIClient) -> None:
    form = FARID | FULL | {"confirmpassword": FARID["password"], "image": png()}

    answer = as_admin.post("/api/users", form, format="multipart")

    assert answer.status_code == 201, answer.content
    shown = as_admin.get(f"/api/users/{answer.json()['userId']}").json()
    assert shown["image_url"].startswith("http://testserver/media/pictures/")
    assert default_storage.exists(shown["image_public_id"])
    assert shown["city"] == shown["alt_phone"] == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "F"}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": None}, "name"),
        ({"name": ["x", "y"]}, "name"),
        ({"email": "nonsense"}, "email"),
        ({"email": "x" * 250 + "@shop.example"}, "email"),
        ({"email": ""}, "email"),
        ({"password": "seven77"}, "password"),
        ({"password": "x" * 1001}, "password"),
        ({"password": None}, "password"),
        ({"role": "owner"}, "role"),
        ({"role": ["admin"]}, "role"),
        ({"role": {}}, "role"),
        ({"status": "gone"}, "status"),
        ({"verify": "perhaps"}, "verify"),
        ({"gender": "none"}, "gender"),
        ({"gender": []}, "gender"),
        ({"birthday": "1996-02-30"}, "birthday"),
        ({"birthday": 19960411}, "birthday"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "call me maybe"}, "phone"),
        ({"whatsapp": "+" + "1" * 40}, "whatsapp"),
        ({"username": "x" * 101}, "username"),
        ({"post_code": "x" * 21}, "post_code"),
        ({"image": "http://evil.example/x.png"}, "image"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_added(
    as_admin: APIClient, change: dict[str, Any], field: str
) -> None:
    refused(as_admin.post("/api/users", FARID | change), 400, field)
    assert User.objects.count() == 1


def test_missing_fields_are_all_named(as_admin: APIClient) -> None:
    refused(as_admin.post("/api/users", {}), 400, "name", "email", "password")


def test_a_picture_that_is_none_is_refused(as_admin: APIClient) -> None:
    form = FARID | {"image": SimpleUploadedFile("me.png", b"<svg>", "image/png")}

    refused(as_admin.post("/api/users", form, format="multipart"), 400, "image")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"email": " Farid@SHOP.example"}, {"email"}),
        ({"email": "other@shop.example", "username": "FARID"}, {"username"}),
        ({"email": "farid@shop.example", "username": "ｆａｒｉｄ"}, {"email", "username"}),
    ],
)
def test_e_mail_and_username_are_unique_whatever_their_spelling(
    as_admin: APIClient, change: dict[str, Any], fields: set[str]
) -> None:
    as_admin.post("/api/users", FARID | {"username": "farid"})

    answer = as_admin.post("/api/users", FARID | change | {"image": png()}, format="multipart")

    refused(answer, 409, *fields)
    assert answer.json()["message"] == "E-mail or username is taken"
    assert User.objects.count() == 2
    assert default_storage.listdir("pictures")[1] == []


def test_many_users_may_have_no_username(as_admin: APIClient) -> None:
    for number in range(2):
        body = FARID | {"email": f"f{number}@shop.example", "username": ""}
        assert as_admin.post("/api/users", body).status_code == 201


def test_fields_that_are_not_the_senders_to_set_are_ignored(
    as_admin: APIClient, admin: User
) -> None:
    sent = FARID | {
        "id": 999,
        "created_by": 999,
        "last_login": "2020-01-01T00:00:00Z",
        "is_staff": True,
        "is_superuser": True,
        "archived_at": "2020-01-01T00:00:00Z",
        "store": 7,
        "email_key": "x",
        "image_public_id": "../../etc/passwd",
    }

    answer = as_admin.post("/api/users", sent)

    farid = User.objects.get(pk=answer.json()["userId"])
    assert farid.pk != 999
    assert (farid.created_by, farid.last_login, farid.archived_at) == (admin, None, None)
    assert (farid.store_id, farid.email_key) == (1, FARID["email"])
    assert farid.image_public_id is None


def test_a_common_password_is_accepted_with_a_warning(as_admin: APIClient) -> None:
    answer = as_admin.post("/api/users", FARID | {"password": "admin123"})

    assert answer.status_code == 201
    assert answer.json()["warnings"] == ["This password is too common."]


# --- Showing ---


def test_a_user_is_shown_as_a_bare_object_without_nulls_in_optional_texts(
    as_admin: APIClient, admin: User
) -> None:
    farid = as_admin.post("/api/users", FARID | {"username": "farid"}).json()["userId"]

    shown = as_admin.get(f"/api/users/{farid}").json()

    for moment in ("created_at", "updated_at"):
        assert shown.pop(moment).endswith("+06:00")
    assert shown == {
        "id": farid,
        "name": "Farid Ahmed",
        "username": "farid",
        "email": "farid@shop.example",
        **dict.fromkeys(("phone", "alt_phone", "whatsapp", "gender", "birthday"), ""),
        **dict.fromkeys(("division", "district", "city", "area"), ""),
        **dict.fromkeys(("post_code", "road", "house"), ""),
        "role": "staff",
        "status": "active",
        "verify": False,
        "image_url": None,
        "image_public_id": None,
        "created_by": admin.pk,
        "created_by_name": admin.name,
        "updated_by": None,
        "updated_by_name": None,
        "last_login": None,
    }


def test_the_list_shows_the_documented_fields(as_manager: APIClient, manager: User) -> None:
    User.objects.update(last_login="2026-02-08T03:12:00Z")

    body = as_manager.get("/api/users").json()

    (row,) = body["data"]
    assert set(row) == {
        *("id", "name", "username", "email", "phone", "district", "house", "role", "status"),
        *("verify", "image_url", "last_login", "last_purchased", "created_at", "updated_at"),
    }
    assert row["last_login"] == "2026-02-08T09:12:00+06:00"
    assert row["last_purchased"] == "08-02-2026 09:12 AM"
    assert (body["total"], body["page"], body["limit"]) == (1, 1, 10)


def test_somebody_who_never_signed_in_has_no_last_visit(as_admin: APIClient) -> None:
    (row,) = as_admin.get("/api/users").json()["data"]

    assert (row["last_login"], row["last_purchased"]) == (None, None)


def test_nothing_ever_shows_a_password(as_admin: APIClient, admin: User) -> None:
    farid = as_admin.post("/api/users", FARID)
    path = f"/api/users/{farid.json()['userId']}"
    answers = [
        farid,
        as_admin.get("/api/users"),
        as_admin.get(path),
        as_admin.get("/api/users/me"),
        as_admin.put(path, {"password": "another-password"}),
        APIClient().post(
            "/api/auth/login", {"email": FARID["email"], "password": "another-password"}
        ),
    ]
    for answer in answers:
        assert answer.status_code in (200, 201)
        for secret in ("password", "md5$", admin.password):
            assert secret not in answer.content.decode()


def test_the_list_is_searched_filtered_and_sorted(as_admin: APIClient) -> None:
    make_user("staff", name="Nusrat", username="nusrat", phone="01711000003")
    make_user("manager", name="50%_off", status="banned")

    def names(query: str) -> list[str]:
        return [row["name"] for row in as_admin.get(f"/api/users?{query}").json()["data"]]

    assert names("") == ["50%_off", "Nusrat", "The admin"]
    assert names("search=NUSR") == names("search=11000003") == ["Nusrat"]
    assert names("search=admin@shop") == ["The admin"]
    assert names("search=%25_") == ["50%_off"]
    assert names("role=staff") == names("role=staff&search=") == ["Nusrat"]
    assert len(names("role=All")) == len(names("role=")) == len(names("unknown=1")) == 3
    assert names("status=banned") == ["50%_off"]
    assert names("sort=name&order=asc") == ["50%_off", "Nusrat", "The admin"]
    assert names("sort=id&order=asc") == ["The admin", "Nusrat", "50%_off"]
    assert names("sort=last_login") == ["50%_off", "Nusrat", "The admin"]
    assert names("order=asc") == ["The admin", "Nusrat", "50%_off"]
    assert names("limit=1&page=2") == ["Nusrat"]
    assert names("page=99") == []


@pytest.mark.parametrize("query", ["sort=password", "order=up", "role=owner", "search=%00"])
def test_a_senseless_query_is_refused(as_admin: APIClient, query: str) -> None:
    assert as_admin.get(f"/api/users?{query}").status_code == 400


@pytest.mark.parametrize("query", ["page=x&limit=-5", "limit=99999999999999999999", "page=0"])
def test_senseless_paging_falls_back(as_admin: APIClient, query: str) -> None:
    assert as_admin.get(f"/api/users?{query}").status_code == 200


@pytest.mark.parametrize("page", [99, 99_999_999_999, 2**53 - 1])
def test_a_page_beyond_the_end_is_echoed(as_admin: APIClient, page: int) -> None:
    body = as_admin.get(f"/api/users?page={page}").json()
    assert (body["data"], body["total"], body["page"]) == ([], 1, page)
    assert body["pagination"]["currentPage"] == page


def test_ones_own_profile_is_shown_to_everybody(as_staff: APIClient, staff: User) -> None:
    body = as_staff.get("/api/users/me").json()

    assert body == {
        "success": True,
        "message": "Fetched",
        "data": {
            "id": staff.pk,
            "name": staff.name,
            "email": staff.email,
            "phone": None,
            "username": None,
            "image_url": None,
            "role": "staff",
            "status": "active",
            "verify": False,
            "last_login": None,
        },
    }
