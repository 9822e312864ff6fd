from decimal import Decimal

import pytest

from pos_project.core.percentages import average, percent, percentage


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (Decimal("179.98"), Decimal("300.48"), "59.90"),
        (1, 3, "33.33"),
        (Decimal("0.125"), 100, "0.13"),  # half up, where a float's rounding says 0.12
        (-1, 8, "-12.50"),
        (5, 0, "0.00"),
        (0, 5, "0.00"),
        (0, -5, "0.00"),  # not -0.00, as of a day on which goods only came back
    ],
)
def test_a_percentage_is_text_with_two_decimals(part, whole, text):
    assert percentage(part, whole) == text
    assert percent(part, whole) == f"{text}%"


def test_an_average_is_rounded_half_up_and_zero_of_nothing():
    assert average(Decimal("280.49"), 2) == Decimal("140.25")
    assert average(Decimal("5"), 0) == 0
    assert str(average(0, -1)) == "0.00"
