"""How a total is covered: advance first, then what is laid on the counter, the rest is due."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.payments import Settlement, Tender, TendersOffered, settle
from pos_project.core.errors import Invalid
from pos_project.tests.shop import by_method, cash, on_credit, split

AMOUNTS = st.decimals("0", "500", places=2)


def covered(settlement: Settlement) -> str:
    tenders = " ".join(f"{tender.method}:{tender.amount}" for tender in settlement.tenders)
    return f"{tenders or '-'} paid {settlement.paid} due {settlement.due} back {settlement.change}"


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (cash("100.00"), "cash:100.00 paid 100.00 due 0.00 back 0.00"),
        (cash("150.00"), "cash:100.00 paid 100.00 due 0.00 back 50.00"),
        (cash("30.00"), "cash:30.00 paid 30.00 due 70.00 back 0.00"),
        (cash("0"), "- paid 0.00 due 100.00 back 0.00"),
        (on_credit(), "- paid 0.00 due 100.00 back 0.00"),
        # A single tender may be any: what is too much is given back (docs/api.md §22).
        (by_method("bkash", "120.00"), "bkash:100.00 paid 100.00 due 0.00 back 20.00"),
        (split(card="60.00", cash="40.00"), "card:60.00 cash:40.00 paid 100.00 due 0.00 back 0.00"),
        (
            split(cash="60.00", card="60.00"),
            "card:60.00 cash:40.00 paid 100.00 due 0.00 back 20.00",
        ),
        (
            split(card="30.00", bkash="20.00"),
            "card:30.00 bkash:20.00 paid 50.00 due 50.00 back 0.00",
        ),
        (split(card="100.00", cash="5.00"), "card:100.00 paid 100.00 due 0.00 back 5.00"),
    ],
)
def test_a_total_of_one_hundred_is_covered(offered, expected):
    assert covered(settle(Decimal("100.00"), offered)) == expected


@pytest.mark.parametrize(
    ("balance", "counter", "advance", "tendered", "due", "back"),
    [
        ("40.00", "60.00", "40.00", "60.00", "0.00", "0.00"),
        ("40.00", "100.00", "40.00", "60.00", "0.00", "40.00"),
        ("40.00", "0", "40.00", "0", "60.00", "0.00"),
        ("250.00", "0", "100.00", "0", "0.00", "0.00"),
        ("0.00", "100.00", "0.00", "100.00", "0.00", "0.00"),
        ("-5.00", "100.00", "0.00", "100.00", "0.00", "0.00"),
    ],
)
def test_an_advance_is_used_before_what_is_laid_on_the_counter(
    balance, counter, advance, tendered, due, back
):
    offered = cash(counter, use_advance=True)
    settlement = settle(Decimal("100.00"), offered, advance_balance=Decimal(balance))
    assert settlement.advance == Decimal(advance)
    assert sum(tender.amount for tender in settlement.tenders) == Decimal(tendered)
    assert settlement.paid == Decimal(advance) + Decimal(tendered)
    assert (settlement.due, settlement.change) == (Decimal(due), Decimal(back))


def test_an_advance_stays_where_it_is_unless_it_is_asked_for():
    settlement = settle(Decimal("100.00"), cash("100.00"), advance_balance=Decimal("40.00"))
    assert (settlement.advance, settlement.paid) == (Decimal(0), Decimal("100.00"))


@pytest.mark.parametrize(
    "offered", [split(card="100.01"), split(card="60", bkash="50"), split(card="101", cash="5")]
)
def test_of_several_tenders_only_cash_may_exceed_the_total(offered):
    with pytest.raises(Invalid) as refused:
        settle(Decimal("100.00"), offered)
    assert list(refused.value.fields) == ["payments"]


def test_a_card_must_not_pay_again_what_the_advance_covers():
    with pytest.raises(Invalid):
        settle(
            Decimal("100.00"),
            split(card="60.00", use_advance=True),
            advance_balance=Decimal("50.00"),
        )


@pytest.mark.parametrize(
    ("offered", "method"),
    [
        (cash("10.00"), "cash"),
        (on_credit(), "due"),
        (split(card="60.00", cash="70.00"), "card"),
        (split(card="10.00", cash="90.00"), "cash"),
        (TendersOffered(split=True), "due"),
    ],
)
def test_the_document_shows_the_largest_tender_that_was_taken(offered, method):
    assert settle(Decimal("100.00"), offered).method == method


@given(
    amount=AMOUNTS,
    balance=AMOUNTS,
    use_advance=st.booleans(),
    tenders=st.lists(
        st.tuples(st.sampled_from(["cash", "card", "bkash"]), AMOUNTS.filter(bool)), max_size=5
    ),
)
def test_paid_and_due_make_the_total_and_change_is_cash(amount, balance, use_advance, tenders):
    offered = TendersOffered(
        tuple(Tender(method, amount) for method, amount in tenders),
        use_advance=use_advance,
        split=True,
    )
    other = sum(amount for method, amount in tenders if method != "cash")
    in_cash = sum(amount for method, amount in tenders if method == "cash")
    advance = min(balance, amount) if use_advance else 0
    if other > amount - advance:
        with pytest.raises(Invalid):
            settle(amount, offered, advance_balance=balance)
        return
    settlement = settle(amount, offered, advance_balance=balance)

    assert settlement.paid + settlement.due == amount
    assert settlement.paid == settlement.advance + sum(t.amount for t in settlement.tenders)
    assert settlement.advance == advance
    assert 0 <= settlement.change <= in_cash
    assert not (settlement.change and settlement.due), "nobody gets change and owes"
    assert all(tender.amount > 0 for tender in settlement.tenders)
