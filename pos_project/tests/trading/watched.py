"""What watches the trading shop: the laws, the tests' second opinion, and sums done by hand.

A step that breaks one of them raises `LawBroken`, which names all that were broken.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import time_machine
from django.db import DatabaseError, connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from inventory.models import Batch
from ledger.payments import METHODS
from pos_project.core.errors import DomainError
from pos_project.tests.invariants import balance, books_agree
from pos_project.tests.trading.sums import in_cents, worth
from reports.reconciliation.checks import CHECKS
from reports.reconciliation.checks.tables import our_models
from reports.reconciliation.reconcile import examine

FIRST_MORNING = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)  # nine o'clock in Dhaka


class LawBroken(AssertionError):
    """Something that must hold does not. `names` are the laws, those of `reconcile` first."""

    def __init__(self, names: list[str], what: object) -> None:
        super().__init__(f"{', '.join(names)}: {what}")
        self.names = names


def rows_of_everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the shop, as the database gives it."""
    tables = {}
    with connection.cursor() as cursor:
        for model in our_models():
            table = model._meta.db_table
            key = ", ".join(str(field.column) for field in model._meta.pk_fields)
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key}")
            tables[table] = cursor.fetchall()
    return tables


def event(
    weight: int, **arguments: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Something that may happen, so many times as often as the rarest, with such arguments."""

    def mark(act: Callable[..., None]) -> Callable[..., None]:
        act.weight = weight  # type: ignore[attr-defined]  # (ours)
        act.arguments = st.fixed_dictionaries(arguments)  # type: ignore[attr-defined]  # (ours)
        return act

    return mark


def one_of_the_events(
    members: dict[str, Any],
) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Draws one of a class's events by its weight, and its arguments.

    Hypothesis would switch whole rules off in each run. That finds more in hundreds of runs; a
    few short trades want every event in each.
    """
    events = {name: act for name, act in members.items() if hasattr(act, "weight")}
    names = [name for name, act in events.items() for _ in range(act.weight)]
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(st.just(name), events[name].arguments)
    )


class WatchedShop(RuleBasedStateMachine):
    """A shop with a clock of its own, whose every step is followed by all laws (or every n-th,
    for a search that wants many trades)."""

    watched_every = 1

    def __init__(self) -> None:
        super().__init__()
        self._travel = time_machine.travel(FIRST_MORNING, tick=False)
        self.clock = self._travel.start()
        # One transaction per trade, undone at the end: a use case's own is a savepoint in it.
        self._trade = transaction.atomic()
        self._trade._from_testcase = True  # type: ignore[attr-defined]  # (as TestCase's own are)
        self._trade.__enter__()
        METHODS.forget()
        try:
            with named_failures():
                self.open_shop()
            self._before = rows_of_everything()
        except BaseException:
            self.teardown()  # a shop that never opened has nobody else to close it
            raise
        self._steps, self._is_untouched, self._unwatched = 0, False, True

    def open_shop(self) -> None:
        """Make the people and goods to trade with."""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._trade.__exit__(None, None, None)
        self._travel.stop()
        METHODS.forget()

    # --- Acting ---

    def attempt(self, act: Callable[[], Any], *, refusals: set[type[DomainError]]) -> Any:
        """Let something happen a minute later. It must be refused for one of those reasons, or,
        without any, must not. Returns what came of it; None for what was refused."""
        self.clock.shift(timedelta(minutes=1))
        with named_failures():
            try:
                result = act()
            except DomainError as refusal:
                if type(refusal) not in refusals:
                    reasons = ", ".join(sorted(each.__name__ for each in refusals)) or "no reason"
                    self.break_law(
                        "nothing_is_refused_without_reason",
                        f"{type(refusal).__name__} ({refusal}) where there was {reasons}",
                    )
                self.nothing_changed("a_refusal_changes_nothing")
                self._is_untouched = True
                return None
        if refusals:
            reasons = ", ".join(sorted(each.__name__ for each in refusals))
            self.break_law("what_must_be_refused_is_refused", f"no {reasons}")
        return result

    def nothing_changed(self, law: str) -> None:
        after = rows_of_everything()
        for table, rows in after.items():
            if rows != self._before[table]:
                self.break_law(law, f"{table}: {self._before[table]} became {rows}")

    def check(self, law: str, told: object, expected: object) -> None:
        if told != expected:
            self.break_law(law, f"expected {expected}, found {told}")

    def break_law(self, law: str, what: str) -> NoReturn:
        """Raise LawBroken for `law` and for whatever else does not hold now."""
        broken = [verdict.invariant.name for verdict in examine(CHECKS) if not verdict.holds]
        raise LawBroken([*broken, law], what)

    # --- Watching ---

    @invariant()
    def every_law_holds(self) -> None:
        self._steps += 1
        if self._is_untouched:  # refused, and shown to have changed nothing
            self._is_untouched = False
        else:
            self._unwatched, self._before = True, rows_of_everything()
        if self._unwatched and self._steps % self.watched_every == 0:
            self._unwatched = False
            self.judge()

    def judge(self) -> None:
        """Raise LawBroken unless every law holds now."""
        broken = [verdict for verdict in examine(CHECKS) if not verdict.holds]
        if broken:
            raise LawBroken(
                [verdict.invariant.name for verdict in broken],
                "; ".join(str(violation) for verdict in broken for violation in verdict.violations),
            )
        try:
            books_agree()
        except AssertionError as error:
            raise LawBroken(["the_books_agree"], error) from error
        lots = Batch.objects.values_list("remaining", "unit_cost")
        self.check("stock_is_worth_what_it_cost", in_cents(balance("INVENTORY")), worth(lots))


@contextmanager
def named_failures() -> Iterator[None]:
    """What stops the shop inside (a constraint of the database, an assertion of its own code) is
    the law that caught it."""
    try:
        yield
    except LawBroken:
        raise
    except DatabaseError as error:
        raise LawBroken(["the_database_refuses"], error) from error
    except AssertionError as error:
        raise LawBroken(["the_shop_s_own_assertions"], error) from error
