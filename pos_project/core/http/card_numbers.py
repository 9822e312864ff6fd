"""Keeps card numbers out of the shop's texts, and with them the shop out of PCI storage scope."""

import re

_RUN = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
# Visa, Mastercard (two ranges), American Express, Discover, Diners, JCB, UnionPay
_PREFIX = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6(?:011|4[4-9]|5)|3(?:0|6|8)|35|62"
)


def holds_card_number(text: str) -> bool:
    """Whether the text holds what can be a card number: its prefix, length and check digit."""
    for match in _RUN.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _PREFIX.match(digits) and _check_digit_fits(digits):
            return True
    return False


def _check_digit_fits(digits: str) -> bool:
    """Luhn's sum (ISO/IEC 7812-1)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(doubled)) % 10 == 0
