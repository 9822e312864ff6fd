"""Requests that nobody thought of, made from the description: never a 5xx, and every answer is
one that the description names, in its shape.

Short and the same each time in CI; `make fuzz` makes other and more ones (FUZZ_EXAMPLES each).
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis
from schemathesis.core.failures import Failure, FailureGroup

from accounts.tokens import access_token
from conftest import make_user
from pos_project.tests import shop

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 0)
# What it is about: business rules are the shop's to say, so a valid body may be refused (400), and
# the API is lenient on purpose (numbers as text, unknown keys), so that a wrong one may be taken.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
NOBODY = "nobody"
# Who asks, and how often each operation in CI.
ASKING = {"admin": 3, "manager": 1, "staff": 1, NOBODY: 1}
A_FEW_ROWS = 4  # ids from 1 to this, so that many paths name something

pytestmark = [pytest.mark.dear, pytest.mark.django_db]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """As Django's own test client has it: no request closes the connection of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def api(db: None, one_connection: None) -> Any:
    """The description, to be asked of the application in this process."""
    shop.a_days_work()
    shop.a_days_corrections()
    made = SchemaGenerator().get_schema(request=None, public=True)
    description = json.loads(OpenApiJsonRenderer().render(made))
    for operations in description["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["schema"]["type"] == "integer":
                    parameter["schema"]["maximum"] = A_FEW_ROWS
    loaded = schemathesis.openapi.from_dict(description)
    loaded.app = get_wsgi_application()
    return loaded


@pytest.mark.parametrize(("role", "in_ci"), ASKING.items())
def test_no_request_is_answered_by_a_failure(api: Any, role: str, in_ci: int) -> None:
    how = hypothesis(
        max_examples=EXAMPLES or in_ci,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    checks = [getattr(schemathesis.checks, name) for name in CHECKS]
    headers = {"Accept-Encoding": "identity"}
    if role != NOBODY:
        headers["Authorization"] = f"Bearer {access_token(make_user(role), now=timezone.now())}"
    wrong, asked = [], 0
    for found in api.get_all_operations():
        operation = found.ok()

        @how
        @given(case=operation.as_strategy())
        def answered(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.validate_response(case.call(headers=headers), checks=checks)

        try:
            answered()
        except FailureGroup as failed:
            wrong += [f"{operation.label}: {each}" for each in failed.exceptions]
        except Failure as failed:
            wrong.append(f"{operation.label}: {failed}")
    assert "\n".join(wrong) == ""
    assert asked > 130 * in_ci * 2 / 3
