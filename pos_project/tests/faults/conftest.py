import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from accounts.tokens import access_token
from catalog.models import Product
from pos_project.tests import shop
from pos_project.tests.faults.tills import SALES_EACH, TILLS
from pos_project.tests.races import on_file
from pos_project.tests.servers import OwnMariaDB, own_mariadb

__all__ = ["on_file"]


@pytest.fixture
def cashier(transactional_db: None) -> User:
    return shop.a_cashier()


@pytest.fixture
def token(cashier: User) -> str:
    return access_token(cashier, now=timezone.now())


@pytest.fixture
def products(cashier: User) -> list[Product]:
    goods = [shop.a_product("5.00"), shop.a_product("3.00")]
    each = 3 * TILLS * SALES_EACH
    shop.buy(*((product, each, "2.35") for product in goods for _ in range(3)))
    return goods


@pytest.fixture
def database(products: list[Product], monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnMariaDB]:
    """A MariaDB of the test's own, with a copy of what the test has made, as `shop`.

    Django's connections that are opened from now on (`at_once`) go to it.
    """
    # A socket's path may have 107 characters; pytest's own folders are longer.
    with tempfile.TemporaryDirectory() as folder, own_mariadb(Path(folder)) as server:
        server.take_over("shop")
        for name, value in {
            **{"HOST": "127.0.0.1", "PORT": str(server.port), "NAME": "shop"},
            **{"USER": "root", "PASSWORD": ""},
        }.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        yield server


@pytest.fixture
def own_database(request: pytest.FixtureRequest) -> Callable[[], dict[str, str]]:
    """The environment that points a server at what the test has made until it asks for it."""

    def environment() -> dict[str, str]:
        if connection.vendor != "sqlite":
            return {"DB_NAME": connection.settings_dict["NAME"]}
        request.getfixturevalue("on_file")
        return {"DB_HOST": "", "SQLITE_PATH": str(connections.settings["default"]["NAME"])}

    return environment
