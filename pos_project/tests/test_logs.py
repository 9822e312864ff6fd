"""The log stays readable: a fault is a line a minute, and a production server names its hosts."""

import logging
from typing import Any

import pytest

from pos_project.core import checks, logs


def record(text: str, *args: Any) -> logging.LogRecord:
    return logging.LogRecord("shop", logging.WARNING, "", 0, text, args, None)


def test_a_message_comes_once_a_minute_and_says_how_often_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: clock[0])
    once = logs.OnceAMinute()

    assert once.filter(record("refused, try %d", 1))
    assert not any(once.filter(record("refused, try %d", number)) for number in range(999))
    assert once.filter(record("something else"))
    clock[0] += 61
    again = record("refused, try %d", 7)
    assert once.filter(again)
    assert again.getMessage() == "refused, try 7 (999 more in the minute before)"


def test_a_production_server_names_its_hosts(settings: Any) -> None:
    settings.PRODUCTION, settings.ALLOWED_HOSTS = True, []
    assert [error.id for error in checks.hosts_are_named()] == ["core.E006"]
    settings.ALLOWED_HOSTS = ["shop.example"]
    assert checks.hosts_are_named() == []
    settings.PRODUCTION, settings.ALLOWED_HOSTS = False, []
    assert checks.hosts_are_named() == []
