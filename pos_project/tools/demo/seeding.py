"""Filling an empty shop with a believable past, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from catalog.models import Brand, Category, Product, TaxRate
from pos_project.core.db.idempotency import once
from pos_project.core.db.unique_keys import key_of
from pos_project.tools.demo.branch import Branch, open_places
from pos_project.tools.demo.days import History
from pos_project.tools.demo.people_and_goods import PEOPLE, add_people, fill_shop
from pos_project.tools.demo.shelves import set_shelves
from pos_project.tools.trade.steps import Steps
from purchasing.models import Supplier
from sales.models import Customer

ADMIN_EMAIL = PEOPLE[0][2]


class ShopNotEmpty(Exception):
    """There is something in this shop that is not the demo's."""


@dataclass(frozen=True)
class Seeded:
    """Whether this run added anything, and which users were there before the demo."""

    was_there: bool
    kept_users: frozenset[str] = frozenset()


def seed_shop(
    *,
    now: datetime,
    days: int,
    seed: int,
    stores: bool = False,
    begin: Callable[[int], None] = lambda _: None,
    traded: Callable[[], None] = lambda: None,
) -> Seeded:
    """Fill the shop and trade the last `days` days up to `now`; nothing if that is done. With
    `stores` there are a second shop and a warehouse, too.

    A run that was stopped is continued with its own days, seed and moment. `begin` hears how many
    days there are, `traded` of each one that is done. Raises ShopNotEmpty; then nothing was
    written.
    """
    known = frozenset(User.objects.exclude(email_key=None).values_list("email", flat=True))
    admin = User.objects.filter(email_key=key_of(ADMIN_EMAIL)).first()
    begun = admin is not None and _steps(admin).is_done("begin")
    if admin is not None and _steps(admin).is_done("end"):
        return Seeded(was_there=True)
    if not begun:
        _require_empty()
    users = add_people()
    steps = _steps(users[ADMIN_EMAIL])
    frame = steps.once(
        "begin",
        lambda key: once(key, lambda: None),
        note=lambda _: {
            "now": now.isoformat(),
            "days": days,
            "seed": seed,
            "stores": stores,
        },
    ).note
    days, seed, now = frame["days"], frame["seed"], datetime.fromisoformat(frame["now"])
    begin(days)
    cast = fill_shop(users, steps, since=now - timedelta(days=days + 30), seed=seed)
    history = History(cast, steps, now=now, days=days, seed=seed)
    branch = None
    if frame.get("stores"):  # (not said by a run of before there were any)
        others = Steps("demo-stores", users[ADMIN_EMAIL].pk)
        acting = [cast.manager, *cast.cashiers]
        places = open_places(others, users=acting, by=users[ADMIN_EMAIL], now=now)
        set_shelves(others, cast, places, seed=seed)
        branch = Branch(cast, others, places, now=now, seed=seed, days=days)
    for number in range(days):
        history.trade(number)
        if branch is not None:
            branch.trade(history.days[number])
        traded()
    history.close_days()
    steps.once("end", lambda key: once(key, lambda: None), note=lambda _: {})
    return Seeded(was_there=False, kept_users=frozenset() if begun else known)


def _steps(admin: User) -> Steps:
    return Steps("demo", admin.pk)


def _require_empty() -> None:
    for model in (Product, Customer, Supplier, Brand, Category, TaxRate):
        if model._default_manager.exists():
            raise ShopNotEmpty(
                f"This shop has {model._meta.verbose_name_plural} of its own, and the demo would "
                "mix with them. Seed it into an empty database."
            )
