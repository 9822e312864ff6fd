"""One fault at a time, planted into the shop: what a careless change might do to it.

Each names the law that must catch it. They are small on purpose: whatever a planted fault needs
only a line for, a real one needs only a line for too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from catalog import tax_rates
from inventory import adjustments, fifo, movements
from inventory.models import BatchQuerySet, InventoryLog
from inventory.shelf import ShelfBatch
from ledger import advances, chart, dues, expenses, payments, posting
from ledger.journal_models import JournalLine
from pos_project.core import money
from pos_project.core.db import idempotency
from pos_project.core.errors import DomainError
from pos_project.core.models import IdempotentRequest
from purchasing import receive
from sales import checkout, completion, refund_shares, refunds
from sales.models import CustomerDue, SaleCogs

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What is wrong, how to make it so, and the law that names it."""

    what: str
    plant: Plant
    law: str


FAULTS: list[Fault] = []


def fault(what: str, *, caught_by: str, among: list[Fault] = FAULTS) -> Callable[[Plant], Plant]:
    def note(plant: Plant) -> Plant:
        among.append(Fault(what, plant, caught_by))
        return plant

    return note


def rounding(how: str) -> Callable[[Decimal | int], Decimal]:
    return lambda amount: Decimal(amount).quantize(money.CENT, rounding=how)


def instead(patch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[..., Any]) -> None:
    """Call `change(real, …)` instead of `owner.name(…)`."""
    real = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **kwargs: change(real, *args, **kwargs))


# --- Stock ---


@fault("the newest goods are sold first", caught_by="stock_moves_first_in_first_out")
def _(patch: pytest.MonkeyPatch) -> None:
    instead(
        patch, BatchQuerySet, "locked", lambda real, *args, **kwargs: real(*args, **kwargs)[::-1]
    )


@fault("returns go to the oldest use first", caught_by="stock_moves_first_in_first_out")
def _(patch: pytest.MonkeyPatch) -> None:
    instead(
        patch,
        fifo,
        "plan_return",
        lambda real, batches, uses, *rest: real(batches, list(reversed(uses)), *rest),
    )


@fault("a sale's last line is not logged", caught_by="stock_is_the_sum_of_the_log")
def _(patch: pytest.MonkeyPatch) -> None:
    def forget_one(real: Any, rows: Any, *, kind: str, **how: Any) -> Any:
        some = rows[:-1] if kind == InventoryLog.Kind.SALE else rows
        return real(some, kind=kind, **how) if some else []

    instead(patch, movements, "log", forget_one)


@fault("the last pick does not reach its batch", caught_by="remaining_is_quantity_less_uses")
def _(patch: pytest.MonkeyPatch) -> None:
    def forget_one(real: Any, picks: Any) -> None:
        some = list(picks)[:-1]
        if some:
            real(some)

    instead(patch, movements, "write_remaining", forget_one)


@fault("goods cost what they sell for", caught_by="costs_are_the_sum_of_uses")
def _(patch: pytest.MonkeyPatch) -> None:
    def at_list_price(real: Any, model: Any, fields: Any, rows: Any) -> Any:
        if model is SaleCogs:
            rows = [
                (item, units, cost, units * Decimal(20), line)
                for item, units, cost, _, line in rows
            ]
        return real(model, fields, rows)

    instead(patch, completion, "insert_rows", at_list_price)


@fault("a lot's half cents are dropped", caught_by="logged_costs_are_the_stock_value")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fifo, "money", rounding(ROUND_DOWN))


@fault("a lot's half cents go to the even", caught_by="logged_costs_are_the_stock_value")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fifo, "money", rounding(ROUND_HALF_EVEN))


@fault("late papers are shelved as today's", caught_by="batches_stand_by_purchase_date")
def _(patch: pytest.MonkeyPatch) -> None:
    def today(real: Any, goods: Any, *, received_on: Any, context: Any, **how: Any) -> Any:
        return real(goods, received_on=context.at.date(), context=context, **how)

    instead(patch, receive.receiving, "receive_purchased", today)


@fault("a void leaves the books alone", caught_by="documents_posted_what_they_say")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(adjustments, "_mirror", lambda cost: [])


@fault("an increase is undone though sold", caught_by="the_database_refuses")
def _(patch: pytest.MonkeyPatch) -> None:
    def carelessly(real: Any, moved: Any, batches: dict[int, ShelfBatch]) -> Any:
        whole = {key: each._replace(quantity=each.remaining) for key, each in batches.items()}
        return real(moved, whole)

    instead(patch, adjustments, "_opposite", carelessly)


# --- Money ---


@fault("tax is rounded down", caught_by="a_sale_comes_to_its_sums")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tax_rates, "money", rounding(ROUND_DOWN))


@fault("tax is rounded half to even", caught_by="a_sale_comes_to_its_sums")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tax_rates, "money", rounding(ROUND_HALF_EVEN))


@fault("refund shares are rounded down", caught_by="a_refund_is_worth_its_share")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refund_shares, "money", rounding(ROUND_DOWN))


@fault("what came back before is forgotten", caught_by="no_more_comes_back_than_was_sold")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(refunds, "_refunded_units", lambda sale: {})


@fault("a refund's share is not capped", caught_by="the_database_refuses")
def _(patch: pytest.MonkeyPatch) -> None:
    instead(
        patch,
        refunds,
        "share",
        lambda real, sale, wanted: real(replace(sale, refunded=Decimal(0)), wanted),
    )


@fault("a refund pays out before it cancels the due", caught_by="refunds_cancel_due_first")
def _(patch: pytest.MonkeyPatch) -> None:
    instead(
        patch,
        refunds,
        "_insert",
        lambda real, sale, claim, shares, due, context: real(sale, claim, shares, None, context),
    )


@fault("a paid due stays open", caught_by="dues_are_those_of_sales")
def _(patch: pytest.MonkeyPatch) -> None:
    def documents_only(real: Any, model: Any, fields: Any, values: Any) -> None:
        if model is not CustomerDue:
            real(model, fields, values)

    instead(patch, dues, "set_by_id", documents_only)


@fault("a held sale's payment is forgotten", caught_by="sales_were_paid_by_payments")
def _(patch: pytest.MonkeyPatch) -> None:
    def not_for_held(real: Any, lines: Any, **how: Any) -> None:
        real([line for line in lines if not (line.reference or "").startswith("INV-P")], **how)

    instead(patch, payments, "record", not_for_held)


@fault(
    "an advance is used as if it were twice as much",
    caught_by="customer_advances_are_on_their_account",
)
def _(patch: pytest.MonkeyPatch) -> None:
    instead(patch, advances, "balance", lambda real, book, party_id: real(book, party_id) * 2)


@fault("every expense is paid from the till", caught_by="tender_accounts_are_their_payments")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expenses, "account_of", lambda method: chart.CASH)


@fault("a walk-in may owe", caught_by="the_shop_s_own_assertions")
def _(patch: pytest.MonkeyPatch) -> None:
    def generously(real: Any, amount: Any, customer_id: Any, offered: Any) -> Any:
        if customer_id is None:
            return payments.settle(amount, offered)
        return real(amount, customer_id, offered)

    instead(patch, checkout, "settle", generously)


# --- The journal ---


@fault("an entry loses its last line", caught_by="the_database_refuses")
def _(patch: pytest.MonkeyPatch) -> None:
    def all_but_one(real: Any, model: Any, fields: Any, rows: Any) -> Any:
        return real(model, fields, rows[:-1] if model is JournalLine else rows)

    instead(patch, posting, "insert_rows", all_but_one)


@fault("the discount is not booked", caught_by="documents_posted_what_they_say")
def _(patch: pytest.MonkeyPatch) -> None:
    def net(real: Any, sale: Any, *rest: Any) -> Any:
        lines = [line for line in real(sale, *rest) if line.account != chart.DISCOUNTS_GIVEN]
        return [
            replace(line, credit=line.credit - sale.discount)
            if line.account == chart.SALES
            else line
            for line in lines
        ]

    instead(patch, completion, "_journal", net)


@fault(
    "a sale's goods stay in the inventory account", caught_by="inventory_account_is_the_stock_value"
)
def _(patch: pytest.MonkeyPatch) -> None:
    def without_cost(real: Any, *args: Any) -> Any:
        cost = (chart.COST_OF_GOODS_SOLD, chart.INVENTORY)
        return [line for line in real(*args) if line.account not in cost]

    instead(patch, completion, "_journal", without_cost)


# --- All or nothing, and once ---


@fault("a refusal keeps what was written", caught_by="a_refusal_changes_nothing")
def _(patch: pytest.MonkeyPatch) -> None:
    def commit_anyhow(real: Any, do: Any, **how: Any) -> Any:
        refusals: list[DomainError] = []

        def carry_on() -> Any:
            try:
                return do()
            except DomainError as refusal:
                refusals.append(refusal)

        result = real(carry_on, **how)
        for refusal in refusals:
            raise refusal
        return result

    instead(patch, idempotency, "transact", commit_anyhow)


@fault("the key is kept after the commit", caught_by="a_key_has_one_effect")
def _(patch: pytest.MonkeyPatch) -> None:
    late: list[idempotency.RequestKey] = []

    def claim_later(real: Any, key: idempotency.RequestKey) -> IdempotentRequest:
        idempotency.give_kept(key)
        late[:] = [key]
        return IdempotentRequest()

    def then_keep(real: Any, do: Any, **how: Any) -> Any:
        late.clear()
        result = real(do, **how)
        for key in late:
            status, body = key.answer(result)
            IdempotentRequest.objects.create(
                user_id=key.user_id,
                key_hash=key.key_hash,
                fingerprint=key.fingerprint,
                status=status,
                body=body,
                created_at=idempotency.timezone.now(),
            )
        return result

    instead(patch, idempotency, "_claim", claim_later)
    instead(patch, idempotency, "transact", then_keep)


@fault("a key answers for any request", caught_by="what_must_be_refused_is_refused")
def _(patch: pytest.MonkeyPatch) -> None:
    def whatever_was_asked(real: Any, key: idempotency.RequestKey) -> None:
        for kept in IdempotentRequest.objects.filter(key_hash=key.key_hash):
            real(replace(key, fingerprint=kept.fingerprint))

    instead(patch, idempotency, "give_kept", whatever_was_asked)


@fault("a shortage is passed over in silence", caught_by="what_must_be_refused_is_refused")
def _(patch: pytest.MonkeyPatch) -> None:
    def take_what_there_is(real: Any, batches: Any, wants: Any) -> Any:
        shelf = list(batches)
        try:
            return real(shelf, wants)
        except DomainError:
            return [[] for _ in wants]

    instead(patch, fifo, "plan", take_what_there_is)
