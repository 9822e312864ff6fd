"""How a code is written, and what scanners make of it."""

import re
from collections.abc import Iterator

from pos_project.core.db.unique_keys import key_of
from pos_project.core.written_text import visible, western_digits

UPC, EAN, GTIN = 12, 13, 14
_BETWEEN = re.compile(r"[\s,;]+")


def codes_in(text: str) -> list[str]:
    """The barcodes in a text, with blanks, commas or new lines between them; each once, however
    often it is spelled."""
    found: dict[str, str] = {}
    for code in _BETWEEN.split(western_digits(visible(text))):
        if key := scanned_key(code):
            found.setdefault(key, code)
    return list(found.values())


def scanned_key(code: str) -> str:
    """The key of a barcode: a UPC, the EAN-13 and the GTIN-14 that hold it are one."""
    key = key_of(western_digits(code)) or ""
    return key.zfill(GTIN) if is_gtin(key) else key


def keys_of_sku(code: str) -> Iterator[str]:
    """What the SKU may be that is meant by a code, the likeliest first."""
    typed, western = key_of(code), key_of(western_digits(code))
    if typed is None or western is None:
        return
    yield typed
    yield western
    if is_gtin(western):
        bare = western.lstrip("0")
        for length in (UPC, EAN, GTIN):
            if len(bare) <= length:
                yield bare.zfill(length)


def is_gtin(code: str) -> bool:
    """Whether it is as long as a UPC, an EAN-13 or a GTIN-14, and of digits alone."""
    return code.isascii() and code.isdecimal() and UPC <= len(code) <= GTIN


def ean13_of(code: str) -> str | None:
    """The EAN-13 under which a shop's scanner reads the code; None where it is none."""
    digits = code.zfill(EAN)
    if not is_gtin(code) or len(digits) != EAN:
        return None
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits[:-1]))
    return digits if (10 - weighed % 10) % 10 == int(digits[-1]) else None
