"""The same thing at the same moment: at most one wins, and the shop keeps an admin."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import RefreshToken, User
from accounts.sessions import open_session, revoke_sessions
from conftest import make_user, signed_in
from pos_project.tests.storm import all_at_once

pytestmark = [pytest.mark.dear, pytest.mark.django_db(transaction=True)]
THREADS = 6


def answers(*requests: Any) -> Counter[int]:
    """The statuses of requests that are sent together, each on its own connection.

    503 says that nothing was written and the same may be sent again, so it is. SQLite's test
    database lives in memory, where nobody waits for a lock, and answers so now and then.
    """

    def send(position: int) -> int:
        try:
            for _ in range(100):
                status: int = requests[position]().status_code
                if status != 503:
                    return status
            raise AssertionError("refused for ever")
        finally:
            connection.close()

    return Counter(all_at_once(len(requests), send))


def with_cookie(token: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.cookies["refreshToken"] = token
    return client


@pytest.mark.parametrize("_round", range(5))
def test_of_parallel_refreshes_with_one_token_exactly_one_wins(_round: int) -> None:
    user = make_user("staff")
    token = open_session(user, at=timezone.now()).refresh_token
    clients = [with_cookie(token) for _ in range(THREADS)]

    statuses = answers(*(lambda c=c: c.post("/api/auth/refresh") for c in clients))

    assert statuses == {200: 1, 401: THREADS - 1}
    # the losers' reuse was noticed: nobody holds a live token any more
    assert RefreshToken.objects.filter(used_at__isnull=False).count() == 1
    assert not RefreshToken.objects.filter(used_at=None, revoked_at=None).exists()


@pytest.mark.parametrize("_round", range(5))
def test_a_refresh_while_logging_out_leaves_no_live_token(_round: int) -> None:
    user = make_user("staff")
    token = open_session(user, at=timezone.now()).refresh_token
    clients = [with_cookie(token), with_cookie(token)]

    statuses = answers(
        lambda: clients[0].post("/api/auth/refresh"), lambda: clients[1].post("/api/auth/logout")
    )

    assert statuses in ({200: 2}, {200: 1, 401: 1})
    assert not RefreshToken.objects.filter(used_at=None, revoked_at=None).exists()


@pytest.mark.parametrize("_round", range(5))
@pytest.mark.parametrize("method", ["put", "delete"])
def test_two_admins_who_throw_each_other_out_leave_one(_round: int, method: str) -> None:
    first, second = make_user("admin"), make_user("admin", email="second@shop.example")

    def demote(by: User, whom: User) -> Any:
        body = {"role": "staff"} if method == "put" else {}
        return getattr(signed_in(by), method)(f"/api/users/{whom.pk}", body)

    statuses = answers(lambda: demote(first, second), lambda: demote(second, first))

    assert statuses[200] == 1, statuses
    assert User.objects.listed().filter(role="admin", status="active").count() == 1


def test_of_users_added_at_once_with_one_address_exactly_one_is() -> None:
    admin = make_user("admin")
    body = {"name": "Farid", "email": "farid@shop.example", "password": "a-fine-password"}
    clients = [signed_in(admin) for _ in range(THREADS)]

    statuses = answers(*(lambda c=c: c.post("/api/users", body) for c in clients))

    assert statuses == {201: 1, 409: THREADS - 1}


@pytest.mark.mariadb
def test_parallel_attempts_are_each_counted(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "pos_project.core.db.counters.CounterTable"}}
    settings.LOGIN_RATE_LIMIT, settings.LOGIN_RATE_WINDOW = 3, 900
    body = {"email": "nobody@shop.example", "password": "a-wrong-password"}

    statuses = answers(*(lambda: APIClient().post("/api/auth/login", body) for _ in range(THREADS)))

    assert statuses == {401: 3, 429: THREADS - 3}


@pytest.mark.mariadb
@pytest.mark.parametrize("door", ["refresh", "login"])
def test_nobody_slips_in_while_the_password_is_being_changed(door: str) -> None:
    user = make_user("staff")
    client = with_cookie(open_session(user, at=timezone.now()).refresh_token)
    body = {"email": user.email, "password": "a-good-password"}
    statuses: list[int] = []

    def knock() -> None:
        try:
            statuses.append(client.post(f"/api/auth/{door}", body).status_code)
        finally:
            connection.close()

    with transaction.atomic():
        changed = User.objects.select_for_update().get(pk=user.pk)
        knocking = threading.Thread(target=knock)
        knocking.start()
        knocking.join(timeout=0.5)
        assert knocking.is_alive()  # waits for the lock
        changed.set_password("another-password")
        changed.save()
        revoke_sessions(user.pk, at=timezone.now())
    knocking.join()

    assert statuses == [401]
    assert not RefreshToken.objects.filter(used_at=None, revoked_at=None).exists()
