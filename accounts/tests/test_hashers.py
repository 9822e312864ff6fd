"""Password hashes are as strong as Django's, and one thread makes them."""

from typing import Any

import pytest
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    check_password,
    identify_hasher,
    make_password,
)

from accounts.hashers import PatientArgon2PasswordHasher
from accounts.models import User
from accounts.sign_in import password_matches
from pos_project.tests import shop

OURS = "accounts.hashers.PatientArgon2PasswordHasher"


@pytest.fixture(autouse=True)
def real_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [OURS]


def test_a_hash_takes_the_memory_and_passes_that_django_asks_for_and_one_thread() -> None:
    encoded = make_password("correct horse")
    ours = identify_hasher(encoded).decode(encoded)
    theirs = Argon2PasswordHasher()
    asked = (ours["memory_cost"], ours["time_cost"], ours["variety"])
    assert asked == (theirs.memory_cost, theirs.time_cost, "argon2id")
    assert ours["params"].parallelism == 1
    assert check_password("correct horse", encoded)
    assert not check_password("wrong horse", encoded)


@pytest.mark.django_db
def test_a_hash_of_eight_threads_still_opens_and_is_replaced_on_the_way() -> None:
    user = shop.a_cashier()
    of_before = Argon2PasswordHasher().encode("correct horse", "salt-of-sixteen-and-more")
    User.objects.filter(pk=user.pk).update(password=of_before)
    user.refresh_from_db()
    assert password_matches(user, "correct horse")
    now = User.objects.get(pk=user.pk).password
    assert now != of_before
    assert not PatientArgon2PasswordHasher().must_update(now)
    assert password_matches(user, "correct horse")
