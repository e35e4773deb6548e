"""Draws the graph of a state field as SVG: the states and transitions from the code, their places on a grid by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["Edge", "draw"]

Edge = tuple[str, str, str]
"""From, to, and the transition's name."""

BOX, GAP = (116, 38), (104, 62)
LEFT, TOP, ARC = 8, 10, 44


def draw(states: Sequence[str], edges: Sequence[Edge], grid: Sequence[Sequence[str]]) -> str:
    """The graph.

    Args:
        states: All of them; the first one is where it begins.
        edges: All transitions; those between the same two states share a line.
        grid: Rows of states, with ``.`` for an empty place. States that aren't in it get a row of their own below.
    """
    named = {state for row in grid for state in row}
    rows = [*grid, *([[s for s in states if s not in named]] if set(states) - named else [])]
    places = {state: (x, y) for y, row in enumerate(rows) for x, state in enumerate(row) if state in states}
    width = LEFT * 2 + max(len(row) for row in rows) * (BOX[0] + GAP[0]) - GAP[0]
    arcs = any(places[a][1] == places[b][1] and abs(places[a][0] - places[b][0]) > 1 for a, b, _name in edges)
    top = -ARC if arcs else 0
    height = TOP - top + len(rows) * (BOX[1] + GAP[1]) - GAP[1] + 14
    labels: dict[tuple[str, str], list[str]] = {}
    for source, target, name in edges:
        labels.setdefault((source, target), []).append(name)
    lines = [
        _edge(places, source, target, ", ".join(names), aside=(target, source) in labels)
        for (source, target), names in labels.items()
    ]
    boxes = [_box(state, places[state], first=state == states[0]) for state in states]
    told = "; ".join(f"{name} from {source} to {target}" for source, target, name in edges)
    return (
        f'<div class="states"><svg viewBox="0 {top} {width} {height}" style="max-width:{width}px" role="img" '
        f'aria-label="{escape(f"States and transitions: {told}")}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0,0 L8,4 L0,8 z"/></marker></defs>{"".join(lines)}{"".join(boxes)}</svg></div>'
    )


def _centre(place: tuple[int, int]) -> tuple[float, float]:
    x, y = place
    return LEFT + x * (BOX[0] + GAP[0]) + BOX[0] / 2, TOP + y * (BOX[1] + GAP[1]) + BOX[1] / 2


def _box(state: str, place: tuple[int, int], *, first: bool) -> str:
    x, y = _centre(place)
    kind = "first" if first else ""
    return (
        f'<g class="state {kind}"><rect x="{x - BOX[0] / 2}" y="{y - BOX[1] / 2}" width="{BOX[0]}" height="{BOX[1]}" '
        f'rx="8"/><text x="{x}" y="{y}">{escape(state)}</text></g>'
    )


def _edge(places: Mapping[str, tuple[int, int]], source: str, target: str, label: str, *, aside: bool) -> str:
    (x1, y1), (x2, y2) = places[source], places[target]
    (ax, ay), (bx, by) = _centre((x1, y1)), _centre((x2, y2))
    if aside and y1 == y2:  # one there, one back, beside each other
        ay = by = ay + (-9 if x1 < x2 else 9)
    if y1 == y2 and abs(x1 - x2) > 1:  # over the boxes between
        top = ay - BOX[1] / 2
        path = f"M{ax},{top} Q{(ax + bx) / 2},{top - 54} {bx},{top}"
        return _line(path, label, (ax + bx) / 2, top - 27)
    dx, dy = bx - ax, by - ay
    sx, sy = _border(dx, dy)
    # Labels of slanting lines stand nearer to where they begin, so that lines that meet in one box don't hide each other's.
    part = 0.5 if not (dx and dy) else 0.4
    return _line(f"M{ax + sx},{ay + sy} L{bx - sx},{by - sy}", label, ax + dx * part, ay + dy * part)


def _border(dx: float, dy: float) -> tuple[float, float]:
    """From a box's centre to its border, in a direction."""
    scale = min(BOX[0] / 2 / abs(dx) if dx else 9.0, BOX[1] / 2 / abs(dy) if dy else 9.0)
    return dx * scale, dy * scale


def _line(path: str, label: str, x: float, y: float) -> str:
    return f'<path class="way" d="{path}" marker-end="url(#tip)"/><text class="name" x="{x}" y="{y}">{escape(label)}</text>'
