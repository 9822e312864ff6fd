import pytest

from reports.summaries.building import CATCHING_UP


@pytest.fixture(autouse=True)
def _nobody_builds_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements are counted here. `CATCHING_UP.forget()` lets the next reader build again."""
    monkeypatch.setattr(CATCHING_UP, "_next", float("inf"))
