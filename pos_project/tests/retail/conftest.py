"""A file of a shop that moves in, and whoever imports it."""

from pathlib import Path

import pytest

from accounts.models import User


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "retail.csv"


@pytest.fixture(autouse=True)
def importer(admin: User) -> User:
    return admin
