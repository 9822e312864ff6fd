"""Counters while Redis goes and comes back: nobody is limited for that."""

from typing import Any
from unittest.mock import patch

import pytest
from django_redis.cache import RedisCache
from redis.exceptions import RedisError

from pos_project.core.db import counters
from pos_project.core.db.counters import RedisOrTable

NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def cache(db: None) -> RedisOrTable:
    return RedisOrTable(NOBODY_THERE, {"OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1}})


def test_a_count_that_redis_had_when_it_froze_begins_anew_in_the_table(cache: RedisOrTable) -> None:
    with (
        patch.object(RedisCache, "add", return_value=False),  # it is there already
        patch.object(RedisCache, "incr", side_effect=RedisError("Timeout")),
    ):
        assert cache.add("till", 1, 60) is False
        assert [cache.incr("till") for _ in range(3)] == [1, 2, 3]


def test_a_count_that_the_table_had_begins_anew_in_redis(cache: RedisOrTable) -> None:
    with (
        patch.object(RedisCache, "incr", side_effect=[ValueError("no such key"), 2]),
        patch.object(RedisCache, "add", return_value=True),
    ):
        assert [cache.incr("till") for _ in range(2)] == [1, 2]


def test_redis_that_does_not_answer_is_not_asked_by_every_request(
    cache: RedisOrTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    clock = [100.0]
    monkeypatch.setattr(counters.time, "monotonic", lambda: clock[0])

    def away(*_: Any, **__: Any) -> None:
        asked.append(True)
        raise RedisError("Timeout")

    with patch.object(RedisCache, "add", away), patch.object(RedisCache, "incr", away):
        assert cache.add("till", 1, 60) is True
        assert [cache.incr("till") for _ in range(5)] == [2, 3, 4, 5, 6]
        assert len(asked) == 1
        clock[0] += counters.ASK_AGAIN_SECONDS
        assert cache.incr("till") == 7
        assert len(asked) == 2
