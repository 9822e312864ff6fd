"""The examples of the description are what a shop was asked and answered."""

import json
import os
from typing import Any

import pytest
from django.db import connection
from drf_spectacular.generators import SchemaGenerator

from pos_project.tests.recorded_day import FILE, record


@pytest.mark.dear
@pytest.mark.django_db(transaction=True)
def test_a_day_at_the_shop_is_what_the_examples_say() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only a fresh SQLite file counts its ids from 1")
    described: Any = SchemaGenerator().get_schema(request=None, public=True)
    recorded = record(described)
    if os.environ.get("RECORD"):
        lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in recorded.items()]
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    kept = json.loads(FILE.read_text())
    for name, each in recorded.items():
        assert kept.get(name) == json.loads(json.dumps(each)), f"{name}: make examples"
    assert kept.keys() == recorded.keys(), "make examples"
