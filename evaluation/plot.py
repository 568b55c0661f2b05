"""The plot of recall against damage as a plain SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 400, 70, 50
MOST_DAMAGE, LEAST_RECALL = 0.40, 0.90


@dataclass(frozen=True)
class Point:
    """One threshold: `recall` by character, `touched` share of clean texts. `chosen`: the one that is shipped."""

    name: str
    recall: float
    touched: float
    chosen: bool = False


def draw(points: Sequence[Point]) -> str:
    """The SVG. Points outside the frame are named at its edge."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' font-family="system-ui,sans-serif" font-size="13"><title>Recall against damage on held-out texts</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _target(),
    ]
    for step in range(6):
        share = LEAST_RECALL + step * 0.02
        parts.append(
            _line(LEFT, _y(share), WIDTH - 20, _y(share)) + _text(LEFT - 8, _y(share) + 4, f"{share:.0%}", "end")
        )
    for step in range(6):
        share = step * 0.08
        parts.append(_text(_x(share), HEIGHT - BOTTOM + 20, f"{share:.0%}", "middle"))
    parts.append(_text(WIDTH / 2, HEIGHT - 10, "clean texts touched", "middle"))
    parts.append(_text(LEFT - 55, 16, "characters of identifiers removed", "start"))
    inside = [point for point in points if point.recall >= LEAST_RECALL and point.touched <= MOST_DAMAGE]
    path = " ".join(f"{_x(point.touched):.1f},{_y(point.recall):.1f}" for point in inside)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#2c5282" stroke-width="2"/>')
    for point in inside:
        x, y = _x(point.touched), _y(point.recall)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6 if point.chosen else 3}" fill="#2c5282"/>')
        if point.chosen:
            parts.append(_text(x + 10, y + 16, f"shipped: {point.recall:.2%}, {point.touched:.1%}", "start"))
    outside = [f"{point.name}: {point.recall:.1%}, {point.touched:.1%}" for point in points if point not in inside]
    if outside:
        parts.append(_text(LEFT + 6, HEIGHT - BOTTOM - 8, "outside the frame: " + "; ".join(outside[:3]), "start"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _target() -> str:
    left, right, top, bottom = _x(0), _x(0.04), _y(1.0), _y(0.995)
    box = f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" fill="#d7ead9"/>'
    return box + _text(right + 6, top + 12, "aim: 99.5 % removed, 4 % touched", "start")


def _x(touched: float) -> float:
    return LEFT + touched / MOST_DAMAGE * (WIDTH - LEFT - 20)


def _y(recall: float) -> float:
    return 30 + (1 - recall) / (1 - LEAST_RECALL) * (HEIGHT - BOTTOM - 30)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
