"""What stands under deploy/ is what the program reads, and what its tools accept.

A tool that is not on this machine is skipped, and says so; docs/deploy.md says what was run.
"""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from pos_project.core import checks

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
READERS = {"text", "flag", "words"}
# Asked for by something else than the shop's own settings.
NOT_FOR_A_SHOP = {"DJANGO_SETTINGS_MODULE", "SERVED_MODULE"}
BOOTSTRAP = {f"BOOTSTRAP_ADMIN_{name}" for name in ("NAME", "USERNAME", "EMAIL", "PASSWORD")}


def read_by_the_program() -> set[str]:
    """Every variable that some module asks the environment for."""
    names = set(BOOTSTRAP)  # (put together from parts)
    for app in ("pos_project", "accounts", "catalog", "ledger", "inventory", "sales", "purchasing"):
        for path in (ROOT / app).rglob("*.py"):
            if "tests" not in path.parts:
                names |= set(_names_in(ast.parse(path.read_text()), path.name == "settings.py"))
    return names - NOT_FOR_A_SHOP


def _names_in(tree: ast.AST, is_settings: bool) -> Any:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            called, first = ast.unparse(node.func), node.args[0]
            reads = called in ("os.environ.get", "_number") or (is_settings and called in READERS)
            if reads and isinstance(first, ast.Constant):
                yield first.value
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield ast.literal_eval(node.slice)


def test_the_example_of_env_names_every_variable_that_is_read_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [found[1] for line in lines if (found := re.match(r"(?:# )?([A-Z][A-Z_]+)=", line))]
    assert len(named) == len(set(named))
    assert set(named) == read_by_the_program()


def test_each_variable_of_the_example_is_explained() -> None:
    explained = False
    for line in (ROOT / ".env.example").read_text().splitlines():
        is_variable = re.match(r"(?:# )?[A-Z][A-Z_]+=", line)
        assert explained or not is_variable, line
        explained = bool(line)  # a comment above, or a neighbour that has one


def test_every_variable_stands_in_the_table_of_settings() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    told = {
        *re.findall(r"`([A-Z][A-Z_]+)`", page),
        *(f"BOOTSTRAP_ADMIN{name}" for name in re.findall(r"`(_[A-Z]+)`", page)),
    }
    assert read_by_the_program() - told == set()


# --- Starting ---


def test_production_without_a_name_does_not_start() -> None:
    environment = {
        **os.environ,
        **{"NODE_ENV": "production", "ALLOWED_HOSTS": "", "DB_HOST": ""},
        **{"SQLITE_PATH": ":memory:", "PORT": "0"},
        **{"JWT_ACCESS_SECRET": "a" * 32, "JWT_REFRESH_SECRET": "b" * 32},
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "serve"],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "ALLOWED_HOSTS is not set" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_watcher_on_the_machine_is_not_sent_elsewhere(settings: Any, client: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/live").status_code == 200
    assert client.get("/api/brands").status_code == 301


# --- The image and compose ---


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: word and rest, continued lines joined."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


def test_the_image_copies_what_is_there_and_runs_as_nobody_special() -> None:
    seen = instructions()
    assert {word for word, _ in seen} <= {
        *("FROM", "RUN", "COPY", "WORKDIR", "USER", "ENV", "VOLUME", "EXPOSE"),
        *("HEALTHCHECK", "CMD"),
    }
    for _, rest in (each for each in seen if each[0] == "COPY" and "--from" not in each[1]):
        for source in rest.split()[:-1]:
            assert (ROOT / source).exists(), source
    words = [word for word, _ in seen]
    assert ("USER", "pos") in seen
    assert words.index("USER") < words.index("CMD")
    assert json.loads(dict(seen)["CMD"]) == ["python", "manage.py", "serve"]
    assert "HEALTHCHECK" in words


def test_what_the_image_runs_is_python() -> None:
    for word, rest in instructions():
        for code in re.findall(r'python -c "([^"]+)"', rest) if word == "RUN" else ():
            compile(code, word, "exec")
        if word == "HEALTHCHECK":
            _, _, code = json.loads(rest.split("CMD ", 1)[1])
            compile(code, word, "exec")


def test_the_image_s_packages_are_those_that_are_pinned_each_with_its_hashes() -> None:
    pin = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", re.MULTILINE)
    pinned = {
        (name.lower(), version)
        for file in ("requirements.txt", "requirements-mysql.txt")
        for name, version in pin.findall((ROOT / file).read_text())
    }
    text = (DEPLOY / "requirements.lock").read_text()
    locked = {(name.lower(), version) for name, version in pin.findall(text)}
    assert pinned - locked == set(), "make lock"
    for package in re.split(r"\n(?=\w)", text.strip()):
        assert "--hash=sha256:" in package


def test_no_secret_and_no_data_goes_into_the_image() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().split())
    assert {".env", ".git", "*.sqlite3*", "media", "backups"} <= ignored


def run(program: str, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if not found:
        pytest.skip(f"{program} is not on this machine")
    return subprocess.run([found, *words], capture_output=True, text=True, **how)


def test_compose_is_valid(tmp_path: Path) -> None:
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    words = ("-f", str(tmp_path / "deploy" / "compose.yaml"), "config")
    secrets = {"MARIADB_ROOT_PASSWORD": "one", "DB_MIGRATE_PASSWORD": "two"}
    done = run("docker-compose", *words, cwd=tmp_path, env={**os.environ, **secrets})
    assert done.returncode == 0, done.stderr
    without = run("docker-compose", *words, cwd=tmp_path)
    assert without.returncode != 0
    assert "set it in deploy/.env" in without.stderr


# --- systemd and nginx ---


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/srv/pos/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/srv/pos", str(ROOT)))
    done = run("systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir())))
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "pos" in line]
    assert said == []
    assert done.returncode == 0, done.stderr


def test_every_unit_runs_a_command_that_there_is_and_every_timer_has_its_unit() -> None:
    from django.core.management import get_commands

    for unit in (DEPLOY / "systemd").iterdir():
        if unit.suffix == ".timer":
            assert unit.with_suffix(".service").exists()
            continue
        [line] = re.findall(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
        assert shlex.split(line)[2] in get_commands()


@pytest.mark.parametrize("upstream", ["upstream.conf", "upstream-compose.conf"])
def test_nginx_accepts_the_proxy(upstream: str, tmp_path: Path) -> None:
    made = run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=shop.example"),
        *("-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")),
    )
    assert made.returncode == 0, made.stderr
    for name in (upstream, "pos.conf"):
        text = (DEPLOY / "nginx" / name).read_text().replace("/etc/nginx/certs", str(tmp_path))
        # (the name of a container is known among containers only)
        (tmp_path / name).write_text(text.replace("server app:", "server 127.0.0.1:"))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; include {tmp_path}/up*.conf; include {tmp_path}/pos.conf; }}"
    )
    done = run("nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"))
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr


def test_the_proxy_lets_pass_what_the_server_takes() -> None:
    text = (DEPLOY / "nginx" / "pos.conf").read_text()
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(megabytes) * 1024 * 1024 > settings.IMAGE_MAX_BYTES + 1024 * 1024
    assert checks.MIN_SECRET_BYTES == 32  # what .env.example says
