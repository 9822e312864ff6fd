"""How many examples Hypothesis tries: all in `make test-all`, some in `make test`.

The root `conftest.py` names the two profiles; a test says how many it is worth when all are tried.
"""

from typing import Any

from hypothesis import HealthCheck, settings

PROFILES = {"some": 20, "all": 100}  # per cent of what a test asks for


def examples(many: int = 100, **more: Any) -> settings:
    """`many` in `make test-all`. A shop that a fixture makes may serve all of them."""
    return settings(
        max_examples=max(1, many * settings.default.max_examples // PROFILES["all"]),
        suppress_health_check=list(HealthCheck),
        **more,
    )
