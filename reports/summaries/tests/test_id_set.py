"""Sets of ids in few bytes: what goes in comes out, and a union counts everybody once."""

from hypothesis import given
from hypothesis import strategies as st

from reports.summaries.id_set import IdSet

IDS = st.sets(st.integers(1, 300_000) | st.integers(1, 2**63 - 1), max_size=60)


@given(ids=IDS)
def test_a_set_survives_its_bytes(ids):
    kept = IdSet.from_bytes(IdSet(ids).to_bytes())

    assert set(kept) == ids
    assert len(kept) == len(ids)
    assert kept == IdSet(ids)


@given(first=IDS, second=IDS)
def test_a_union_counts_everybody_once(first, second):
    both = IdSet(first)
    both.add_all(IdSet(second))

    assert set(both) == first | second
    assert len(both) == len(first | second)


def test_ten_thousand_customers_take_little_room():
    assert len(IdSet(range(1, 10_001)).to_bytes()) < 100
    assert len(IdSet(range(1, 30_000, 20)).to_bytes()) < 2000


def test_one_very_large_id_costs_one_chunk_more():
    assert len(IdSet({1, 2**62}).to_bytes()) < 200


@given(ids=st.sets(st.integers(1, 200_000), min_size=1), most=st.integers(0, 5))
def test_gaps_are_what_lies_between(ids: set[int], most: int) -> None:
    lacking = [each for each in range(min(ids), max(ids)) if each not in ids]
    runs: list[tuple[int, int]] = []
    for each in lacking:
        if runs and runs[-1][1] == each - 1:
            runs[-1] = (runs[-1][0], each)
        else:
            runs.append((each, each))

    assert IdSet(ids).gaps(most=most) == (runs if len(runs) <= most else None)
    assert (IdSet(ids).least, IdSet(ids).greatest) == (min(ids), max(ids))


def test_gaps_of_what_lies_far_apart_are_not_looked_for() -> None:
    assert IdSet([1, 1 << 40]).gaps(most=5) is None
