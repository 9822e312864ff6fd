"""The fonts of PDFs, and text set in whichever of them has its letters.

A letter that no font has is never left out: its code point is shown in a box.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

# Beside what the browser is served, so that a page and its PDF look alike.
FONTS = Path(__file__).parent.parent / "static/documents/fonts"
# The first that has a letter sets it; each has a bold face under its name with `-Bold`.
FAMILIES = {"Sans": "NotoSans", "Bengali": "NotoSansBengali"}
FONT, BOLD = "Sans", "Sans-Bold"
INK, FAINT, LINE, BAND = (
    colors.HexColor(code) for code in ("#0f172a", "#64748b", "#cbd5e1", "#eef1f5")
)
# Joiners, variation selectors, soft hyphens: nothing to see where a font does not know them.
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


@cache
def register_fonts() -> dict[str, frozenset[int]]:
    """Before anything is drawn. The code points that each family has."""
    letters = {}
    for family, file in FAMILIES.items():
        bold = f"{family}-Bold"
        for name, face in ((family, "Regular"), (bold, "Bold")):
            pdfmetrics.registerFont(TTFont(name, FONTS / f"{file}-{face}.ttf"))
        pdfmetrics.registerFontFamily(
            family, normal=family, bold=bold, italic=family, boldItalic=bold
        )
        letters[family] = frozenset(pdfmetrics.getFont(family).face.charToGlyph)
    return letters


def is_plain(words: str) -> bool:
    """Whether the main font has every letter: such text needs neither a paragraph nor shaping."""
    return register_fonts()[FONT].issuperset(map(ord, words))


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """How wide the words are on one line, in points."""
    weight = "-Bold" if bold else ""
    if is_plain(words):
        return float(pdfmetrics.stringWidth(words, FONT + weight, size))
    pieces = (
        (letter, family) if family else ("U+00000 ", FONT) for family, letter in _in_families(words)
    )
    return sum(
        float(pdfmetrics.stringWidth(piece, family + weight, size)) for piece, family in pieces
    )


@lru_cache(maxsize=256)
def style(size: float, *, bold: bool = False, **more: object) -> ParagraphStyle:
    font = BOLD if bold else FONT
    settings = {"fontSize": size, "leading": size * 1.4, "textColor": INK, **more}
    return ParagraphStyle(f"{font}{size}", fontName=font, **settings)


def text(words: str, look: ParagraphStyle) -> Paragraph:
    """A paragraph. What the main font lacks is set in another one, and shaped: shaping takes
    several times as long, so only who needs it pays for it."""
    if is_plain(words.replace("\n", "")):
        return Paragraph(escape(words).replace("\n", "<br/>"), look)
    bold = "-Bold" if look.fontName.endswith("Bold") else ""
    lines = (
        # Only blanks part words: beside any other space the next word is shaped in this one's font.
        " ".join(
            escape(word) if is_plain(word) else " ".join(_pieces(word, bold))
            for word in line.split()
        )
        for line in words.split("\n")
    )
    return Paragraph("<br/>".join(lines), ParagraphStyle(f"{look.name} shaped", look, shaping=1))


def _pieces(word: str, bold: str) -> Iterator[str]:
    """A word, parted where its font changes: reportlab shapes a word in its first font."""
    for family, letters in groupby(_in_families(word), key=lambda pair: pair[0]):
        piece = "".join(letter for _, letter in letters)
        if family is not None:
            set_in = f'<font name="{family}{bold}">{escape(piece)}</font>'
            yield escape(piece) if family == FONT else set_in
            continue
        for letter in _UNSEEN.sub("", piece):
            yield f'<font backColor="#cbd5e1">U+{ord(letter):04X}</font>'


def _in_families(word: str) -> list[tuple[str | None, str]]:
    """Each letter with the family that sets it. Digits and marks go with the letters beside them
    where that font has them."""
    fonts = register_fonts()

    def family_of(letter: str) -> str | None:
        return next((each for each in fonts if ord(letter) in fonts[each]), None)

    beside = family_of(next(filter(str.isalpha, word), word[0]))
    chosen = []
    for letter in word:
        if letter.isalpha() or beside is None or ord(letter) not in fonts[beside]:
            beside = family_of(letter)
        chosen.append((beside, letter))
    return chosen
