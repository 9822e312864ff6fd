"""Text as people write it: what nobody sees in it, the digits of every script, and one spelling
under which it is found and sorted, whatever the database's collation."""

import re
import unicodedata

# Unicode's "default ignorable" code points (soft hyphen, zero width space, joiners, direction
# marks, fillers, variation selectors, tags …), and control characters that are no white space.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic; not the Bengali dot
_DOTTED = "\u09dc\u09dd\u09df"  # ড় ঢ় য়
_DIGITS = re.compile(r"[^\D0-9]")  # those of all scripts but our own


def visible(text: str) -> str:
    """The text without what nobody sees: two that look alike are alike, and none is none."""
    return _INVISIBLE.sub("", text)


def western_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9: `১২.৫` as `12.5`."""
    return _DIGITS.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def _with_dots(text: str) -> str:
    """With the Bengali letters that keyboards type as one, and Unicode composes from two."""
    for letter in _DOTTED:
        text = text.replace(unicodedata.normalize("NFC", letter), letter)
    return text


def spellings(words: str) -> list[str]:
    """The ways in which a text that was never spelt anew may hold these words: for columns that
    the database compares by its own rules. Latin letters without accents it folds itself."""
    if words.isascii():
        return [words]
    composed = unicodedata.normalize("NFC", words)
    forms = [words, composed, unicodedata.normalize("NFD", words), _with_dots(composed)]
    forms += [western_digits(form) for form in forms]
    cased = [form for each in forms for form in (each, each.lower(), each.upper(), each.title())]
    return list(dict.fromkeys(cased))


def searchable(text: str) -> str:
    """One spelling for all ways to write a text: case, composed and decomposed letters, accents,
    white space, digits and invisible characters make no difference. Spelt once it stays so."""
    if text.isascii():
        folded = text.lower()
    else:
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        folded = western_digits(_ACCENTS.sub("", folded))
    return " ".join(visible(folded).split())
