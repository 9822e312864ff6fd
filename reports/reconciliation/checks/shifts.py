"""Tills and shifts: what must lie there is what came and went, and each closed one is numbered."""

import json
from collections.abc import Iterator
from decimal import Decimal

from pos_project.core.money import ZERO
from reports.reconciliation.invariant import Violation, invariant, unreadable
from reports.reconciliation.rows import amount, breaking, differing, rows, rows_of
from reports.reconciliation.scope import Scope


@invariant("I44", "A closed shift expected its float, the cash that came in it, less what went.")
def shifts_expect_their_cash(scope: Scope) -> Iterator[Violation]:
    yield from differing(
        """
        SELECT s.id, s.z_number, s.opening_float
            + COALESCE((
                SELECT SUM(l.debit - l.credit) FROM journal_entries e
                JOIN journal_lines l ON l.entry_id = e.id
                WHERE e.shift_id = s.id AND l.account_id = 'CASH'
            ), 0)
            + COALESCE((
                SELECT SUM(CASE WHEN m.kind = 'from_drawer' THEN m.amount ELSE -m.amount END)
                FROM cash_movements m
                WHERE m.shift_id = s.id AND m.kind IN ('from_drawer', 'to_drawer')
            ), 0) AS expected,
            s.expected AS found
        FROM shifts s WHERE s.status = 'closed' AND PART(s.id)
        """,
        "shift {0} (Z {1}), expected cash",
        parts=scope.parts("shifts"),
    )


@invariant("I44", "The slips of a shift were compared with what its entries say of each method.")
def slips_were_compared_with_the_books(scope: Scope) -> Iterator[Violation]:
    for shift_id, kept in rows_of(
        scope.parts("shifts"),
        "SELECT id, slips FROM shifts WHERE status = 'closed' AND PART(id) ORDER BY id",
    ):
        told = f"shift {shift_id}, slips"
        try:
            slips = json.loads(kept) if kept else {}
            noted = {code: Decimal(each["expected"]) for code, each in slips.items()}
        except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError) as error:
            yield unreadable(told, error)
            continue
        booked = {
            code: amount(moved)
            for code, moved in rows(
                """
                SELECT m.code, SUM(l.debit - l.credit) FROM journal_entries e
                JOIN journal_lines l ON l.entry_id = e.id
                JOIN payment_methods m ON m.account_id = l.account_id
                WHERE e.shift_id = %s AND m.code <> 'cash' GROUP BY m.code
                """,
                [shift_id],
            )
        }
        for code in sorted(noted.keys() | booked.keys()):
            if noted.get(code) is None or noted[code] != booked.get(code, ZERO):
                yield Violation(
                    f"{told} of {code}", str(booked.get(code, ZERO)), str(noted.get(code))
                )


@invariant("I45", "Money is in one shift of its own store, or in the store's drawer.")
def entries_are_in_a_shift_of_their_store(scope: Scope) -> Iterator[Violation]:
    # What is counted, or booked when a till is counted, is the drawer's.
    yield from breaking(
        """
        SELECT e.id, e.event, e.shift_id FROM journal_entries e
        LEFT JOIN shifts s ON s.id = e.shift_id
        WHERE PART(e.id) AND e.shift_id IS NOT NULL
            AND (s.id IS NULL OR s.store_id <> e.store_id OR e.event IN ('cash_count', 'shift')
                OR s.business_date < e.business_date)
        """,
        "entry {0} ({1}), shift",
        expected="one of its store that was open then, or none",
        found="shift {2}",
        parts=scope.parts("journal_entries"),
    )


@invariant("I45", "A cash movement is in the shift in which its entry or expense is.")
def cash_movements_are_in_their_entry_s_shift(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT m.id, m.kind, m.shift_id, e.shift_id FROM cash_movements m
        JOIN shifts s ON s.id = m.shift_id
        LEFT JOIN expenses x ON x.id = m.expense_id
        LEFT JOIN journal_entries e ON (e.event = 'cash_movement' AND e.document_id = m.id
            AND m.expense_id IS NULL) OR (e.event = 'expense' AND e.document_id = m.expense_id)
        WHERE PART(m.id) AND (s.store_id <> m.store_id
            OR m.kind NOT IN ('to_drawer', 'from_drawer') AND COALESCE(e.shift_id, 0) <> m.shift_id
            OR m.expense_id IS NOT NULL AND (ABS(x.amount - m.amount) > 0.004
                OR x.payment_method <> 'cash' OR x.business_date <> m.business_date))
        """,
        "cash movement {0} ({1})",
        expected="in shift {2} with its entry, of the same amount and store",
        found="its entry in shift {3}",
        parts=scope.parts("cash_movements"),
    )


@invariant("I45", "A shift is of its till's store, and open at that till until it is closed.")
def shifts_are_of_their_till(scope: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT s.id, s.till_id, s.open_till_id, s.status FROM shifts s
        JOIN tills t ON t.id = s.till_id
        WHERE PART(s.id) AND (s.store_id <> t.store_id
            OR COALESCE(s.open_till_id, 0) <> CASE s.status WHEN 'open' THEN s.till_id ELSE 0 END
            OR s.business_date < s.opened_on)
        """,
        "shift {0} at till {1}",
        expected="of the till's store, and open there or closed",
        found="{3}, open at till {2}",
        parts=scope.parts("shifts"),
    )


@invariant("I46", "The Z reports of a store are numbered from 1 without gaps.")
def z_numbers_have_no_gaps(_: Scope) -> Iterator[Violation]:
    yield from breaking(
        """
        SELECT store_id, COUNT(z_number), MIN(z_number), MAX(z_number) FROM shifts
        WHERE status = 'closed' GROUP BY store_id
        HAVING MIN(z_number) <> 1 OR MAX(z_number) <> COUNT(z_number)
        """,
        "Z numbers of store {0}",
        expected="1 to {1}",
        found="{2} to {3}",
    )
