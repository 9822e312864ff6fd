"""Confirming an e-mail address by the mailed link (ruling: under `/api/auth/verify`)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.verification import verification_link

FARID = {"name": "Farid Ahmed", "email": "farid@shop.example", "password": "a-fine-password"}


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """Runs something as if its transaction were committed."""

    def run(action: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return action()

    return run


def mailed_path() -> str:
    found = re.search(r"http://shop\.test(/api/auth/verify\?token=\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.APP_BASE_URL = "http://shop.test/"


def test_a_new_user_gets_a_link_that_confirms_the_address(
    as_admin: APIClient, committed: Any
) -> None:
    user_id = committed(lambda: as_admin.post("/api/users", FARID)).json()["userId"]

    assert [message.to for message in mail.outbox] == [["farid@shop.example"]]
    for _ in range(2):  # opening it again does no harm
        answer = APIClient().get(mailed_path(), HTTP_AUTHORIZATION="Bearer stale")
        assert answer.status_code == 200
        assert answer.json() == {"success": True, "message": "E-mail address confirmed"}
    assert as_admin.get(f"/api/users/{user_id}").json()["verify"] is True


def test_a_new_address_must_be_confirmed_again(
    as_admin: APIClient, staff: User, committed: Any
) -> None:
    User.objects.update(verify=True)
    old = verification_link(staff).partition("http://shop.test")[2]

    change = {"email": "moved@shop.example"}
    body = committed(lambda: as_admin.put(f"/api/users/{staff.pk}", change)).json()

    assert body["data"]["verify"] is False
    assert mail.outbox[-1].to == ["moved@shop.example"]
    assert APIClient().get(old).status_code == 400
    assert APIClient().get(mailed_path()).status_code == 200
    staff.refresh_from_db()
    assert staff.verify


def test_the_same_address_in_another_case_needs_no_confirmation(
    as_admin: APIClient, staff: User, committed: Any
) -> None:
    User.objects.update(verify=True)

    change = {"email": "Staff@shop.example"}
    body = committed(lambda: as_admin.put(f"/api/users/{staff.pk}", change)).json()

    assert (body["data"]["verify"], body["data"]["email"]) == (True, "Staff@shop.example")
    assert mail.outbox == []


def test_an_address_that_the_admin_vouches_for_needs_no_link(
    as_admin: APIClient, committed: Any
) -> None:
    committed(lambda: as_admin.post("/api/users", FARID | {"verify": True}))

    assert mail.outbox == []


def test_a_refused_user_gets_no_mail(as_admin: APIClient, staff: User, committed: Any) -> None:
    committed(lambda: as_admin.post("/api/users", FARID | {"email": staff.email}))

    assert mail.outbox == []


def test_nothing_is_mailed_before_the_commit(as_admin: APIClient) -> None:
    assert as_admin.post("/api/users", FARID).status_code == 201
    assert mail.outbox == []


def test_a_mail_server_that_fails_does_not_undo_the_user(
    as_admin: APIClient, committed: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert committed(lambda: as_admin.post("/api/users", FARID)).status_code == 201
    assert User.objects.filter(email="farid@shop.example").exists()


def test_a_link_is_good_for_three_days(staff: User) -> None:
    path = verification_link(staff).partition("http://shop.test")[2]

    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert APIClient().get(path).status_code == 400
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert APIClient().get(path).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *("", "?token=", "?token=x", "?token=a:b:c", "?token=%00", "?token=%ff%fe", "?token[]=1"),
        *("?token=é:é:é", "?token=" + "x" * 5000),
        "?token=" + signing.dumps({"id": 1, "email": "staff@shop.example"}, salt="another"),
    ],
)
def test_a_garbage_link_is_refused(staff: User, query: str) -> None:
    answer = APIClient(raise_request_exception=False).get(f"/api/auth/verify{query}")

    assert answer.status_code == 400
    assert answer.json()["message"] == "This link is invalid or has expired."
    staff.refresh_from_db()
    assert not staff.verify


def test_a_link_of_somebody_who_left_is_refused(staff: User) -> None:
    path = verification_link(staff).partition("http://shop.test")[2]
    staff.archive(keys=("email_key", "username_key"))

    assert APIClient().get(path).status_code == 400
