"""The picture that a link to a dispute is shown with elsewhere (https://ogp.me): pure, words in and PNG out.

The letters are Source Serif Pro's (SIL Open Font License), which comes as a package: no server's own fonts are needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 1200, 630, 72
PAPER, INK, SOFT, ACCENT, DEMO = "#f7f6f2", "#1b1d21", "#50555d", "#17323b", "#6b3d00"
LINES = 4
# Raised when cards are drawn differently.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: a title, a line of figures under it, the site's name, and a warning or ""."""

    title: str
    figures: str
    site: str
    warning: str = ""


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    font = files("font_source_serif_pro") / "files" / f"SourceSerifPro-{weight}.ttf"
    # The plain layout is in every build of Pillow, and draws whatever the words are.
    return ImageFont.truetype(BytesIO(font.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC)


def draw(card: Card) -> bytes:
    """Return the card as PNG, 1200 by 630 pixels; a title that does not fit is cut with "…"."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 96), fill=ACCENT)
    pen.text((MARGIN, 48), card.site, font=_font("Bold", 40), fill="#ffffff", anchor="lm")
    if card.warning:
        pen.text((WIDTH - MARGIN, 48), card.warning, font=_font("Semibold", 32), fill="#ffd89a", anchor="rm")
    size, lines = _fitted(card.title)
    font = _font("Bold", size)
    height = round(size * 1.2)
    top = 96 + (HEIGHT - 96 - 110 - height * len(lines)) // 2
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * height), line, font=font, fill=INK)
    pen.line((MARGIN, HEIGHT - 118, WIDTH - MARGIN, HEIGHT - 118), fill="#d8d4ca", width=3)
    pen.text((MARGIN, HEIGHT - 68), card.figures, font=_font("Regular", 34), fill=SOFT, anchor="lm")
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _fitted(title: str) -> tuple[int, list[str]]:
    """Return the largest size of letters at which the title fits on its lines, and the lines."""
    lines: list[str] = []
    for size in (84, 72, 60, 50):
        lines = list(_wrapped(title.split(), _font("Bold", size)))
        if len(lines) <= LINES:
            return size, lines
    return 50, [*lines[: LINES - 1], f"{lines[LINES - 1]} …"]


def _wrapped(words: Sequence[str], font: ImageFont.FreeTypeFont) -> Iterator[str]:
    line = ""
    for word in words:
        # A word wider than the card is cut: no name of a dispute has one.
        while font.getlength(word) > WIDTH - 2 * MARGIN:
            word = word[:-1]
        if line and font.getlength(f"{line} {word}") > WIDTH - 2 * MARGIN - 40:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line
