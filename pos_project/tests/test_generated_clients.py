"""Clients that are generated from the API's description sign in, search, sell once, and refund.

Each generator makes a client, and its program in `generated_clients/` does a till's errand with
it against a real server. `make test-clients` brings the generators; what is missing is skipped.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

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
ERRANDS = Path(__file__).parent / "generated_clients"
DESCRIPTION = "api.json"


def tool(name: str) -> str:
    beside_python = str(Path(sys.executable).parent)
    found = shutil.which(name) or shutil.which(name, path=beside_python)
    if not found:
        pytest.skip(f"{name} is not on this machine (make test-clients)")
    return found


def run(folder: Path, *words: str, **environment: str) -> str:
    done = subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


# --- Each kind: makes `shop` in a folder, and says how its errand is run ---


def python_beside(tool_found: str, *needed: str) -> str:
    """The Python into which a generator was installed, with what its clients import."""
    python = str(Path(tool_found).parent / "python")
    words = [python, "-c", f"import {', '.join(needed)}"]
    if subprocess.run(words, capture_output=True).returncode:
        pytest.skip(f"{python} has not all of {', '.join(needed)} (make test-clients)")
    return python


def openapi_python_client(folder: Path) -> list[str]:
    generator = tool("openapi-python-client")
    (folder / "config.yaml").write_text("post_hooks: []\n")
    words = ("--path", DESCRIPTION, "--config", "config.yaml", "--output-path", "shop")
    run(folder, generator, "generate", *words, "--meta", "none", "--fail-on-warning")
    return [python_beside(generator, "httpx", "attrs"), str(ERRANDS / "openapi_python_client.py")]


def openapi_generator(folder: Path) -> list[str]:
    generator = tool("openapi-generator-cli")
    words = ("-i", DESCRIPTION, "-g", "python", "-o", ".", "--package-name", "shop")
    run(folder, generator, "generate", *words)
    python = python_beside(generator, "pydantic", "urllib3", "dateutil")
    return [python, str(ERRANDS / "openapi_generator.py")]


def typescript_axios(folder: Path) -> list[str]:
    generator = tool("openapi-generator-cli")
    words = ("-i", DESCRIPTION, "-g", "typescript-axios", "-o", "shop")
    by_name = "--additional-properties=useSingleRequestParameter=true"
    run(folder, generator, "generate", *words, by_name)
    return compiled(folder, "typescript_axios", "axios")


def openapi_typescript(folder: Path) -> list[str]:
    run(folder, tool("openapi-typescript"), DESCRIPTION, "-o", "shop.ts")
    return compiled(folder, "openapi_typescript", "openapi-fetch")


def compiled(folder: Path, errand: str, *needed: str) -> list[str]:
    """The errand as JavaScript: the compiler, as strict as it can be, finds nothing wrong."""
    packages = Path(tool("tsc")).resolve().parents[2]
    for each in (*needed, "@types/node"):
        if not (packages / each).exists():
            pytest.skip(f"{each} is not beside TypeScript (make test-clients)")
    (folder / "node_modules").symlink_to(packages)
    shutil.copy(ERRANDS / f"{errand}.ts", folder)
    options = ("--strict", "--skipLibCheck", "--target", "es2022", "--types", "node")
    run(folder, tool("tsc"), f"{errand}.ts", *options, "--module", "nodenext", "--outDir", "js")
    return [tool("node"), f"js/{errand}.js"]


GENERATORS: list[Callable[[Path], list[str]]] = [
    openapi_python_client,
    openapi_generator,
    typescript_axios,
    openapi_typescript,
]


@pytest.mark.parametrize("generate", GENERATORS, ids=lambda each: each.__name__)
def test_a_generated_client_sells_once_and_refunds(
    generate: Callable[[Path], list[str]], own_database: OwnDatabase, tmp_path: Path, settings: Any
) -> None:
    call_command("spectacular", format="openapi-json", file=str(tmp_path / DESCRIPTION))
    errand = generate(tmp_path)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # (a server's)
    make_user("admin", email="admin@gmail.com", password="admin123")
    shop.buy((shop.a_product("5.00", name="Green tea"), 3, "2.00"))
    with serving(tmp_path / "log", **own_database(), LOGIN_RATE_LIMIT="0") as server:
        said = run(tmp_path, *errand, SHOP=server.base_url, PYTHONPATH=str(tmp_path))
    [found] = at_once(
        lambda: (Sale.objects.count(), Refund.objects.count(), IdempotentRequest.objects.count())
    )
    assert found == (1, 1, 2)
    assert "sold and refunded: " in said
