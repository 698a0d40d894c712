"""Badges: a name and a value as a small flat picture, for a README.

A file that stands alone: no font, style sheet or script of elsewhere. White on dark grey and on
blue can be read on light and on dark pages alike (contrast 9.3 and 5.9 to 1).
"""

from reportgen.charts.text import safe, shortened, width

_HEIGHT = 20
_PAD = 7  # px beside a text
_ROOM = 190.0  # px of a text, at the most
_NAME, _VALUE = "#40464f", "#2a5bd0"


def badge_svg(name: str, value: str, words: str) -> str:
    """A badge as an SVG document; `words` say the same to those who do not see it.

    Texts come as they are; long ones are cut in the middle. Each takes the room that was reckoned
    for it, whatever font there is.
    """
    texts = [shortened(" ".join(text.split()), _ROOM) for text in (name, value)]
    lengths = [round(width(text)) for text in texts]
    left, right = (length + 2 * _PAD for length in lengths)
    label = safe(" ".join(words.split()))
    shown = "".join(
        f'<text x="{x}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs">'
        f"{safe(text)}</text>"
        for text, x, length in zip(texts, (_PAD, left + _PAD), lengths, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{_HEIGHT}"'
        f' viewBox="0 0 {left + right} {_HEIGHT}" role="img" aria-label="{label}">'
        f"<title>{label}</title>"
        f'<path fill="{_NAME}" d="M4 0h{left - 4}v20H4a4 4 0 0 1-4-4V4a4 4 0 0 1 4-4z"/>'
        f'<path fill="{_VALUE}" d="M{left} 0h{right - 4}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H{left}z"/>'
        '<g fill="#fff" font-size="11" font-family="Verdana,DejaVu Sans,Geneva,sans-serif">'
        f"{shown}</g></svg>\n"
    )
