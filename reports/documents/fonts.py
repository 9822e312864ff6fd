"""The fonts of PDFs, and text set in whichever of them has its letters.

A letter that no font has is never left out: its code point is shown in a box.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
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
    if is_plain(words):
        return _width(FONT, words, size, bold)
    pieces = list(_pieces(words))
    blanks = _width(FONT, " ", size, bold) * (len(pieces) - 1)
    return blanks + sum(_width(family or FONT, piece, size, bold) for family, piece in pieces)


def _width(family: str, piece: str, size: float, bold: bool) -> float:
    return float(pdfmetrics.stringWidth(piece, f"{family}-Bold" if bold else family, size))


@lru_cache(maxsize=256)
def style(size: float, *, bold: bool = False, **more: object) -> ParagraphStyle:
    font = BOLD if bold else FONT
    settings = {"fontSize": size, "leading": size * 1.4, "textColor": INK, **more}
    return ParagraphStyle(f"{font}{size}", fontName=font, **settings)


def text(words: str, look: ParagraphStyle, width: float) -> Paragraph:
    """A paragraph, `width` points wide. What the main font lacks is set in another one, and shaped:
    shaping takes several times as long, so only who needs it pays for it."""
    if is_plain(words.replace("\n", "")):
        return Paragraph(escape(words).replace("\n", "<br/>"), look)
    lines = [
        " ".join(
            _marked(family, part, look)
            for family, piece in _pieces(line)
            for part in _fitting(family or FONT, piece, look, width)
        )
        for line in words.split("\n")
    ]
    return Paragraph("<br/>".join(lines), ParagraphStyle(f"{look.name} shaped", look, shaping=1))


def _marked(family: str | None, piece: str, look: ParagraphStyle) -> str:
    if family is None:
        return f'<font backColor="#cbd5e1">{piece}</font>'
    if family == FONT:
        return escape(piece)
    bold = "-Bold" if look.fontName == BOLD else ""
    return f'<font name="{family}{bold}">{escape(piece)}</font>'


def _pieces(words: str) -> Iterator[tuple[str | None, str]]:
    """Words, and their parts where the font changes within one: reportlab shapes a word in its
    first font. Without a font it is the code point of a letter."""
    for word in words.split():
        for family, letters in groupby(_in_families(word), key=itemgetter(0)):
            piece = "".join(letter for _, letter in letters)
            if family:
                yield family, piece
            else:
                yield from ((None, f"U+{ord(letter):04X}") for letter in _UNSEEN.sub("", piece))


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


def _fitting(family: str, piece: str, look: ParagraphStyle, width: float) -> Iterator[str]:
    """A piece that is too wide, in parts that are not: reportlab would tear letters that join."""
    part = ""
    for letters in _clusters(piece):
        if part and _width(family, part + letters, look.fontSize, look.fontName == BOLD) > width:
            yield part
            part = ""
        part += letters
    yield part


def _clusters(piece: str) -> Iterator[str]:
    """A letter with the marks on it, and those that a virama or a joiner ties to it."""
    cluster = ""
    for letter in piece:
        is_mark = unicodedata.category(letter).startswith("M") or letter in "\u200c\u200d"
        is_tied = cluster and (unicodedata.combining(cluster[-1]) == 9 or cluster[-1] == "\u200d")
        if cluster and not (is_mark or is_tied):
            yield cluster
            cluster = ""
        cluster += letter
    yield cluster
