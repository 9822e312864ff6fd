"""`purge_idempotency`: old answers go, young ones stay, and nothing else is touched."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from pos_project.core.models import IdempotentRequest
from pos_project.tests.shop import everything
from pos_project.tools.management.commands import purge_idempotency


def purge(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("purge_idempotency", *arguments, stdout=out, **options)
    return out.getvalue()


def kept_answers(user: User, *ages_days: float) -> None:
    IdempotentRequest.objects.bulk_create(
        IdempotentRequest(
            user=user,
            key_hash=f"{number:064}",
            fingerprint="0" * 64,
            status=201,
            body="{}",
            created_at=timezone.now() - timedelta(days=age),
        )
        for number, age in enumerate(ages_days)
    )


def test_answers_older_than_the_days_are_deleted(admin: User) -> None:
    kept_answers(admin, 400, 31, 30.01, 29.99, 0)

    out = purge("--older-than", "30")

    assert "3 answers" in out
    oldest_first = IdempotentRequest.objects.order_by("created_at")
    assert [row.key_hash[-1] for row in oldest_first] == ["3", "4"]


def test_many_are_deleted_in_parts(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge_idempotency, "ROWS_AT_ONCE", 4)
    kept_answers(admin, *[50] * 10)

    assert "10 answers" in purge("--older-than", "30")
    assert not IdempotentRequest.objects.exists()


def test_a_dry_run_only_counts(admin: User) -> None:
    kept_answers(admin, 50, 50, 1)
    before = everything()

    assert "2 answers" in purge("--older-than", "30", "--dry-run")
    assert everything() == before


def test_a_second_run_finds_nothing(admin: User) -> None:
    kept_answers(admin, 50)
    purge("--older-than", "30")

    assert "0 answers" in purge("--older-than", "30")


@pytest.mark.parametrize("days", ["0", "-1", "x", "36501", "9" * 30])
def test_senseless_days_are_refused(admin: User, days: str) -> None:
    kept_answers(admin, 50)

    with pytest.raises(CommandError):
        purge("--older-than", days)

    assert IdempotentRequest.objects.exists()


def test_the_days_must_be_named(db: None) -> None:
    with pytest.raises(CommandError, match="--older-than"):
        purge()
