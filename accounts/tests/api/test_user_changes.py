"""Changing and removing users (docs/api.md §17)."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import LoginEvent, RefreshToken, User
from accounts.sessions import open_session
from accounts.tests.forms import FARID, FULL, png, refused
from conftest import make_user


def live_tokens(user: User) -> int:
    return RefreshToken.objects.filter(user=user, revoked_at=None).count()


# --- Changing ---


def test_only_what_is_sent_changes(as_admin: APIClient, admin: User, staff: User) -> None:
    path = f"/api/users/{staff.pk}"
    as_admin.put(path, FULL)

    answer = as_admin.put(path, {"city": "Dhaka", "area": "", "birthday": "", "gender": ""})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "User updated")
    assert body["data"] == as_admin.get(path).json()
    changed = {"city": "Dhaka", "area": "", "birthday": "", "gender": "", "username": "farid"}
    assert body["data"] | FULL | changed == body["data"]
    assert (body["data"]["updated_by"], body["data"]["updated_by_name"]) == (admin.pk, admin.name)
    assert body["data"]["name"] == staff.name


def test_the_browsers_form_clears_fields_as_json_does(as_admin: APIClient, staff: User) -> None:
    path = f"/api/users/{staff.pk}"
    as_admin.put(path, FULL | {"verify": True})
    form = {"name": "New Name", "phone": "", "birthday": "", "gender": "", "role": "staff"}

    data = as_admin.put(path, form, format="multipart").json()["data"]

    assert (data["name"], data["phone"], data["birthday"], data["gender"]) == (
        *("New Name", "", "", ""),
    )
    assert (data["house"], data["status"], data["verify"]) == ("12/B", "active", True)


@pytest.mark.parametrize("field", ["name", "email", "password"])
def test_a_form_cannot_blank_what_everybody_has(
    as_admin: APIClient, staff: User, field: str
) -> None:
    form = {"city": "Khulna", field: ""}

    answer = as_admin.put(f"/api/users/{staff.pk}", form, format="multipart")

    refused(answer, 400, field)
    staff.refresh_from_db()
    assert staff.city is None


def test_a_picture_is_replaced_and_removed(
    as_admin: APIClient, staff: User, django_capture_on_commit_callbacks: Any
) -> None:
    def put(**form: Any) -> str | None:
        with django_capture_on_commit_callbacks(execute=True):
            answer = as_admin.put(f"/api/users/{staff.pk}", form, format="multipart")
        key: str | None = answer.json()["data"]["image_public_id"]
        return key

    first = put(image=png())
    second = put(image=png(), removeImage="true")
    assert second
    assert first != second
    assert not default_storage.exists(str(first))
    assert put(name="Same Picture") == second
    assert put(removeImage="true") is None
    assert not default_storage.exists(second)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"password": "another-password"}, 0),
        ({"role": "manager"}, 0),
        ({"status": "banned"}, 0),
        ({"role": "staff", "status": "active", "name": "Same Rights"}, 1),
    ],
)
def test_new_rights_end_the_users_sessions(
    as_admin: APIClient, admin: User, staff: User, change: dict[str, Any], left: int
) -> None:
    for user in (admin, staff):
        open_session(user, at=timezone.now())

    as_admin.put(f"/api/users/{staff.pk}", change)

    assert live_tokens(staff) == left
    assert live_tokens(admin) == 1


def test_a_changed_password_and_e_mail_sign_in(as_admin: APIClient, staff: User) -> None:
    credentials = {"email": "new@shop.example", "password": "another-password"}

    as_admin.put(f"/api/users/{staff.pk}", credentials)

    assert APIClient().post("/api/auth/login", credentials).status_code == 200
    old = {"email": "staff@shop.example", "password": "a-good-password"}
    assert APIClient().post("/api/auth/login", old).status_code == 401


@pytest.mark.parametrize(
    "change", [{"email": "ADMIN@shop.example"}, {"username": "Boss"}, {"name": "x" * 101}]
)
def test_a_refused_change_changes_nothing(
    as_admin: APIClient, admin: User, staff: User, change: dict[str, Any]
) -> None:
    as_admin.put(f"/api/users/{admin.pk}", {"username": "boss"})

    answer = as_admin.put(f"/api/users/{staff.pk}", {"city": "Khulna", "role": "admin"} | change)

    refused(answer, 400 if "name" in change else 409, *change)
    staff.refresh_from_db()
    assert (staff.city, staff.role, staff.updated_by) == (None, "staff", None)


@pytest.mark.parametrize(
    "change", [{"role": "staff"}, {"role": "manager"}, {"status": "inactive"}, {"status": "banned"}]
)
def test_the_last_active_admin_keeps_the_keys(
    as_admin: APIClient, admin: User, change: dict[str, Any]
) -> None:
    make_user("admin", email="former@shop.example", status="inactive")

    refused(as_admin.put(f"/api/users/{admin.pk}", change), 400)
    admin.refresh_from_db()
    assert (admin.role, admin.status) == ("admin", "active")

    make_user("admin", email="second@shop.example")
    assert as_admin.put(f"/api/users/{admin.pk}", change).status_code == 200


# --- Removing ---


def test_a_user_without_history_is_deleted(
    as_admin: APIClient, staff: User, django_capture_on_commit_callbacks: Any
) -> None:
    as_admin.put(f"/api/users/{staff.pk}", {"image": png()}, format="multipart")
    staff.refresh_from_db()
    open_session(staff, at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        answer = as_admin.delete(f"/api/users/{staff.pk}")

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "User removed"}
    assert not User.objects.filter(pk=staff.pk).exists()
    assert not default_storage.exists(str(staff.image_public_id))


def test_a_user_with_history_is_archived(as_admin: APIClient, admin: User, staff: User) -> None:
    make_user("staff", email="hired@shop.example", created_by=staff)
    open_session(staff, at=timezone.now())

    assert as_admin.delete(f"/api/users/{staff.pk}").status_code == 200

    staff.refresh_from_db()
    assert staff.archived_at
    assert (staff.name, staff.updated_by, live_tokens(staff)) == ("The staff", admin, 0)
    assert as_admin.get(f"/api/users/{staff.pk}").status_code == 404
    assert as_admin.get("/api/users?search=The staff").json()["total"] == 1  # the hired one
    refused(as_admin.put(f"/api/users/{staff.pk}", {"status": "active"}), 404)
    refused(as_admin.delete(f"/api/users/{staff.pk}"), 404)
    hired = User.objects.get(email="hired@shop.example")
    assert as_admin.get(f"/api/users/{hired.pk}").json()["created_by_name"] == "The staff"
    again = FARID | {"email": "staff@shop.example"}
    assert as_admin.post("/api/users", again).status_code == 201


def test_whoever_signed_in_or_was_guessed_at_is_kept(as_admin: APIClient, staff: User) -> None:
    wrong = {"email": staff.email, "password": "a-wrong-password"}
    APIClient().post("/api/auth/login", wrong)

    as_admin.delete(f"/api/users/{staff.pk}")

    assert User.objects.get(pk=staff.pk).archived_at
    assert LoginEvent.objects.get().user == staff


def test_nobody_removes_themselves(as_admin: APIClient, admin: User) -> None:
    make_user("admin", email="second@shop.example")

    refused(as_admin.delete(f"/api/users/{admin.pk}"), 400)
    assert User.objects.listed().filter(pk=admin.pk).exists()


@pytest.mark.parametrize("method", ["get", "put", "delete"])
@pytest.mark.parametrize(
    ("user_id", "status", "message"),
    [
        ("999999", 404, "User not found"),
        ("9223372036854775807", 404, "User not found"),
        ("9223372036854775808", 400, "Invalid user id"),
        ("0", 400, "Invalid user id"),
        ("-1", 400, "Invalid user id"),
        ("1.5", 400, "Invalid user id"),
        ("abc", 400, "Invalid user id"),
        ("٣", 400, "Invalid user id"),
        ("%00", 400, "Invalid user id"),
    ],
)
def test_an_id_that_names_nobody(
    as_admin: APIClient, method: str, user_id: str, status: int, message: str
) -> None:
    answer = getattr(as_admin, method)(f"/api/users/{user_id}", {})

    refused(answer, status)
    assert answer.json()["message"] == message
