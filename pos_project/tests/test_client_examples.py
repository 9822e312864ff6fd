"""The examples for client developers run as they stand in docs/clients.md."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import make_user
from pos_project.core.models import IdempotentRequest
from pos_project.tests import shop
from pos_project.tests.faults.conftest import on_file, own_database
from pos_project.tests.faults.tills import OwnDatabase
from pos_project.tests.races import at_once
from pos_project.tests.servers import serving
from sales.models import Refund, Sale

__all__ = ["on_file", "own_database"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.dear, pytest.mark.real_time]
PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text()
PROGRAMS = {
    "bash": ["bash", "-eu", "-o", "pipefail"],
    "python": [sys.executable],
    "javascript": ["node"],
}


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_example_sells_once_and_refunds(
    own_database: OwnDatabase, language: str, tmp_path: Path, settings: Any
) -> None:
    program, *options = PROGRAMS[language]
    if not shutil.which(program):
        pytest.skip(f"needs {program} on this machine")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # (a server's)
    make_user("admin", email="admin@gmail.com", password="admin123")
    shop.buy((shop.a_product("5.00"), 3, "2.00"))
    [text] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "example").write_text(text)
    with serving(tmp_path / "log", **own_database(), LOGIN_RATE_LIMIT="0") as server:
        done = subprocess.run(
            [shutil.which(program) or program, *options, str(tmp_path / "example")],
            env={**os.environ, "SHOP": f"{server.base_url}/api"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr + done.stdout
    [found] = at_once(
        lambda: (Sale.objects.count(), Refund.objects.count(), IdempotentRequest.objects.count())
    )
    assert found == (1, 1, 2)
    assert "sold and refunded: " in done.stdout
