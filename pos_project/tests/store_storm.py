"""A storm in a chain of stores: tills sell, send the same goods in a circle, and change shifts.

Each till notes what it was told, and nothing else: what is in the database is compared with it.
"""

import itertools
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pos_project.tests.storm import Till, all_at_once

RETRIED = 0.15  # of the requests: twice at the same moment, and once more
CASH_KINDS = ("paid_out", "to_bank", "from_bank", "to_drawer", "from_drawer", "drawn")
Answer = tuple[int, Any]


@dataclass(frozen=True)
class Branch:
    """A store of the chain: its tills, and the tokens of those who may work at any of them."""

    store_id: int
    till_ids: Sequence[int]
    tokens: Sequence[str]


@dataclass(frozen=True)
class Parcel:
    """Goods that have left, until somebody receives them."""

    transfer_id: int
    from_store_id: int
    lines: Sequence[tuple[int, int, int]]  # line, product, units
    goes_back: bool = False


class ChainStorm:
    """A circle of stores, each of which sends to the next, and what its tills were told."""

    def __init__(
        self, base_url: str, branches: Sequence[Branch], hot: Sequence[int], others: Sequence[int]
    ) -> None:
        self.base_url, self.branches = base_url, branches
        self.hot, self.others = hot, others
        self.answers: Counter[tuple[str, int]] = Counter()
        self.wrong: list[str] = []  # what nobody should have been told
        self.units: Counter[int] = Counter()  # by product: what came in less what was sold and lost
        self.sales: set[int] = set()
        self.refunded: set[int] = set()
        self.transfers: dict[int, str] = {}  # each is where they were told
        self.shifts: dict[int, str] = {}
        self.races = 0
        self.shut: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.found_shut: list[tuple[int, float, float]] = []
        self.lock = threading.Lock()
        self._arriving: dict[int, list[Parcel]] = {each.store_id: [] for each in branches}

    def blow(self, *, turns_each: int | None, seconds: float | None) -> None:
        """Each till of each store takes so many turns, or turns for so many seconds."""
        until = time.monotonic() + (seconds or 3600)
        desks = [
            Desk(self, place, till)
            for place, each in enumerate(self.branches)
            for till in range(len(each.till_ids))
        ]
        all_at_once(len(desks), lambda position: desks[position].work(turns_each, until))

    def next_to(self, place: int) -> Branch:
        return self.branches[(place + 1) % len(self.branches)]

    def note(self, kind: str, answer: Answer, *, may_be: Sequence[int] = ()) -> None:
        status, body = answer
        with self.lock:
            self.answers[kind, status] += 1
            if status >= 400 and status not in may_be:
                self.wrong.append(f"{kind} {status}: {body.get('message')}")

    def arrive(self, store_id: int, parcel: Parcel) -> None:
        with self.lock:
            self._arriving[store_id].append(parcel)

    def arrived(self, store_id: int) -> Parcel | None:
        with self.lock:
            waiting = self._arriving[store_id]
            return waiting.pop(0) if waiting else None

    def shut_without_reason(self) -> list[tuple[int, float, float]]:
        """Refusals of a till without a shift, at moments when one was open all along."""
        return [
            (till, asked, told)
            for till, asked, told in self.found_shut
            if not any(closing < told and asked < opened for closing, opened in self.shut[till])
        ]


class Desk:
    """A till, and what whoever works at it does in a turn."""

    def __init__(self, storm: ChainStorm, place: int, till: int) -> None:
        self.storm, self.branch, self.onward = storm, storm.branches[place], storm.next_to(place)
        self.till_id = self.branch.till_ids[till]
        self.neighbour_id = self.branch.till_ids[till - 1]
        self.dice = random.Random(place * 100 + till)
        self.keys = itertools.count()
        self.shift_id = 0

    def work(self, turns: int | None, until: float) -> None:
        try:
            self._open_shift(0.0)
            for turn in itertools.count():
                if turn == turns or time.monotonic() >= until:
                    break
                self._take_a_turn()
        except Exception as error:
            with self.storm.lock:
                self.storm.wrong.append(f"a till gave up: {error!r}")

    def _take_a_turn(self) -> None:
        act = self.dice.choices(
            (self._sell, self._send, self._ask, self._receive, self._move_cash, self._change_shift),
            (42, 14, 10, 20, 7, 7),
        )[0]
        act()

    # --- Selling ---

    def _sell(self) -> None:
        goods = [*self.dice.sample(self.storm.hot, 2), self.dice.choice(self.storm.others)]
        self.dice.shuffle(goods)  # in any order
        till_id = self.neighbour_id if self.dice.random() < 0.2 else self.till_id
        body = {
            "items": [{"product_id": each, "quantity": 1} for each in goods],
            **{"payment_method": "cash", "paid_amount": 99999, "till_id": till_id},
        }
        status, sold = self._ask_for("sale", "/api/sales/checkout", body)
        if status != 201:
            return
        with self.storm.lock:
            self.storm.sales.add(sold["sale_id"])
            self.storm.units.subtract(goods)
        if self.dice.random() < 0.1:
            body = {"sale_id": sold["sale_id"], "till_id": self.till_id}
            if self._ask_for("refund", "/api/refunds", body)[0] == 201:
                with self.storm.lock:
                    self.storm.refunded.add(sold["sale_id"])
                    self.storm.units.update(goods)

    # --- Goods that go round ---

    def _send(self) -> None:
        """Ask and send in one go."""
        status, said = self._ask_for("send", "/api/transfers", self._wanted(send=True))
        if status == 201:
            self._has_left(said)

    def _ask(self) -> None:
        """Ask; then the one sends, or the other store wants it no more, or both at once."""
        status, said = self._ask_for("ask", "/api/transfers", self._wanted())
        if status != 201:
            return
        transfer_id, chance = said["data"]["id"], self.dice.random()
        where = f"/api/transfers/{transfer_id}"
        if chance < 0.3:
            status, said = self._ask_for("send", f"{where}/send", {})
            if status == 200:
                self._has_left(said)
            return
        if chance < 0.5:
            self._ask_for("cancel", f"{where}/cancel", {"reason": "Not needed"})
            self._is(transfer_id, "cancelled")
            return
        won, said = self._one_of_two(
            (self.branch, "send", f"{where}/send", {}),
            (self.onward, "cancel", f"{where}/cancel", {"reason": "Not needed"}),
        )
        if won == 0:
            self._has_left(said)
        elif won == 1:
            self._is(transfer_id, "cancelled")

    def _receive(self) -> None:
        """Receive what waits longest: as it was sent or as counted, alone or two at once; or turn
        it back."""
        parcel = self.storm.arrived(self.branch.store_id)
        if parcel is None:
            return self._sell()
        where, chance = f"/api/transfers/{parcel.transfer_id}", self.dice.random()
        if chance < 0.25 and not parcel.goes_back:
            status, _ = self._ask_for("turn back", f"{where}/turn-back", {"reason": "Unwanted"})
            if status == 200:
                self._turned(parcel)
        elif chance < 0.4 and not parcel.goes_back:
            came = self._count(parcel)
            won, _ = self._one_of_two(
                (self.branch, "receive", f"{where}/receive", {"items": came}),
                (self.branch, "turn back", f"{where}/turn-back", {"reason": "Unwanted"}),
                loser=(409, 403),  # 403: it does not arrive here any more
            )
            if won == 0:
                self._has_come(parcel, came)
            elif won == 1:
                self._turned(parcel)
        elif chance < 0.7:
            counts = self._count(parcel), self._count(parcel)
            acts = [
                (self.branch, "receive", f"{where}/receive", {"items": each}) for each in counts
            ]
            won, _ = self._one_of_two(*acts)
            if won is not None:
                self._has_come(parcel, counts[won])
        else:
            came = self._count(parcel)
            if self._ask_for("receive", f"{where}/receive", {"items": came})[0] == 200:
                self._has_come(parcel, came)
        return None

    def _wanted(self, **more: Any) -> dict[str, Any]:
        goods = [*self.dice.sample(self.storm.hot, 2), self.dice.choice(self.storm.others)]
        self.dice.shuffle(goods)
        return {
            "from_store_id": self.branch.store_id,
            "to_store_id": self.onward.store_id,
            "items": [{"product_id": each, "quantity": self.dice.randint(1, 5)} for each in goods],
            **more,
        }

    def _count(self, parcel: Parcel) -> list[dict[str, Any]]:
        """What comes of each line: mostly what was sent; short, over or damaged at times."""
        return [
            {
                "id": line_id,
                "received": units + self.dice.choice((0, 0, 0, 0, -1, 1)),
                "damaged": 0,
                "reason": "As counted",
            }
            if self.dice.random() < 0.9
            else {"id": line_id, "received": units, "damaged": 1, "reason": "Broken"}
            for line_id, _, units in parcel.lines
        ]

    def _has_left(self, said: dict[str, Any]) -> None:
        transfer = said["data"]
        lines = [(each["id"], each["product_id"], each["sent"]) for each in transfer["items"]]
        self._is(transfer["id"], "sent")
        parcel = Parcel(transfer["id"], self.branch.store_id, lines)
        self.storm.arrive(self.onward.store_id, parcel)

    def _turned(self, parcel: Parcel) -> None:
        back = Parcel(parcel.transfer_id, parcel.from_store_id, parcel.lines, goes_back=True)
        self.storm.arrive(parcel.from_store_id, back)

    def _has_come(self, parcel: Parcel, came: Sequence[dict[str, Any]]) -> None:
        self._is(parcel.transfer_id, "received")
        with self.storm.lock:
            for (_, product_id, sent), line in zip(parcel.lines, came, strict=True):
                self.storm.units[product_id] += line["received"] - line["damaged"] - sent

    def _is(self, transfer_id: int, status: str) -> None:
        with self.storm.lock:
            self.storm.transfers[transfer_id] = status

    # --- Shifts ---

    def _open_shift(self, shut_since: float) -> None:
        body = {"till_id": self.till_id, "opening_float": self.dice.randint(0, 200)}
        status, said = self._ask_for("open shift", "/api/shifts", body)
        assert status == 201, said
        self.shift_id = said["data"]["id"]
        with self.storm.lock:
            self.storm.shifts[self.shift_id] = "open"
            self.storm.shut[self.till_id].append((shut_since, time.monotonic()))

    def _change_shift(self) -> None:
        began = time.monotonic()
        counted = {"counted": self.dice.randint(0, 500), "reason": "A coin fell"}
        status, said = self._ask_for("close shift", f"/api/shifts/{self.shift_id}/close", counted)
        assert status == 200, said
        with self.storm.lock:
            self.storm.shifts[self.shift_id] = "closed"
        self._send()  # which needs no shift; so neighbours may find the till shut
        self._open_shift(began)

    def _move_cash(self) -> None:
        body = {
            "kind": self.dice.choice(CASH_KINDS),
            "amount": self.dice.randint(1, 20),
            "reason": "Needed",
        }
        self._ask_for("cash", f"/api/shifts/{self.shift_id}/movements", body)

    # --- Asking ---

    def _ask_for(self, kind: str, path: str, body: dict[str, Any]) -> Answer:
        """What somebody of the store is told under a key of its own. At times it is sent twice at
        once and then once more: whoever gets their way is told the same."""
        token, key = self.dice.choice(self.branch.tokens), self._key()
        if self.dice.random() >= RETRIED:
            return self._call(self.branch, kind, path, body, token=token, key=key)
        twins = all_at_once(
            2, lambda _: self._call(self.branch, kind, path, body, token=token, key=key)
        )
        answers = [*twins, self._call(self.branch, kind, path, body, token=token, key=key)]
        done = [each for each in answers if each[0] < 300]
        if any(each != done[0] for each in done):
            with self.storm.lock:
                self.storm.wrong.append(f"{kind}: one key, several answers: {done}")
        return done[0] if done else answers[0]

    def _one_of_two(
        self,
        *acts: tuple[Branch, str, str, dict[str, Any]],
        loser: Sequence[int] = (409,),
    ) -> tuple[int | None, Any]:
        """Who of two people gets their way who act at the same moment, and what they are told."""
        keys = [self._key() for _ in acts]
        tokens = [
            tokens[turn]
            for turn, tokens in enumerate(self.dice.sample(each[0].tokens, 2) for each in acts)
        ]

        def act(turn: int) -> Answer:
            branch, kind, path, body = acts[turn]
            return self._call(
                branch, kind, path, body, token=tokens[turn], key=keys[turn], may_be=loser
            )

        answers = all_at_once(2, act)
        won = [turn for turn, (status, _) in enumerate(answers) if status < 300]
        with self.storm.lock:
            self.storm.races += 1
            if len(won) != 1:
                kinds = " and ".join(each[1] for each in acts)
                told = [status for status, _ in answers]
                self.storm.wrong.append(f"{kinds} at once: {told}")
        return (won[0], answers[won[0]][1]) if won else (None, None)

    def _call(
        self,
        branch: Branch,
        kind: str,
        path: str,
        body: dict[str, Any],
        *,
        token: str,
        key: str,
        may_be: Sequence[int] = (),
    ) -> Answer:
        """One request, repeated for as long as the first one under its key is being worked on."""
        said = {"store_id": branch.store_id, **body}
        while True:
            asked = time.monotonic()
            answer = Till(self.storm.base_url, token).call("POST", path, said, key=key)
            code = answer[1].get("code")
            if code == "shift_closed" and body.get("till_id") == self.neighbour_id:
                with self.storm.lock:
                    self.storm.found_shut.append((self.neighbour_id, asked, time.monotonic()))
                may_be = (409,)
            elif code == "idempotency_key_in_use":
                self.storm.note(kind, answer, may_be=(409,))
                continue
            self.storm.note(kind, answer, may_be=may_be)
            return answer

    def _key(self) -> str:
        return f"till-{self.till_id}-{next(self.keys)}"
