import pytest

from reports.summaries.building import CATCHING_UP
from reports.tests.worked_dataset import worked_dataset

__all__ = ["worked_dataset"]


@pytest.fixture(autouse=True)
def _nobody_builds_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements are counted here. `CATCHING_UP.forget()` lets the next reader build again."""
    monkeypatch.setattr(CATCHING_UP, "_next", float("inf"))
