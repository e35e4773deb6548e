"""Plants and the garden."""

from __future__ import annotations

import math

from ..drawing import Canvas, mix, shade

__all__ = [
    "birdhouse",
    "cactus",
    "can",
    "fern",
    "gloves",
    "monstera",
    "pot",
    "secateurs",
    "seeds",
    "snake",
    "tree",
    "trowel",
]

LEAVES = ("#5f7f52", "#76966a", "#496a45", "#8aa878")
SOIL, WOOD, STEEL, CREAM, INK = "#4d3a2c", "#b98252", "#aeb4b6", "#f6ecdc", "#3b3430"


def leaf(c: Canvas, x: float, y: float, width: float, length: float, angle: float, colour: str) -> None:  # noqa: PLR0917 - points and sizes are read in pairs
    """A pointed leaf from its stalk on; the angle is from upright, clockwise."""
    turn = math.radians(angle)
    points = []
    for n in range(41):
        t = n / 20
        side, along = (1, t) if t <= 1 else (-1, 2 - t)
        px, py = side * math.sin(math.pi * along**0.8) * width / 2, -along * length
        points.append((x + px * math.cos(turn) - py * math.sin(turn), y + px * math.sin(turn) + py * math.cos(turn)))
    c.poly(points, colour)
    end = (x + length * 0.9 * math.sin(turn), y - length * 0.9 * math.cos(turn))
    c.line([(x, y), end], shade(colour, 0.22), max(3, width / 18))


def pot(c: Canvas, colour: str) -> None:
    c.shadow((280, 800, 740, 880))
    c.solid(lambda k: k.ellipse((300, 780, 700, 860), ""), shade(colour, -0.15))
    c.solid(
        lambda k: (k.poly([(300, 400), (700, 400), (640, 800), (360, 800)], ""), k.ellipse((360, 770, 640, 832), "")),
        colour,
    )
    c.solid(lambda k: (k.rect((280, 350, 720, 450), "", 10), k.ellipse((280, 410, 720, 490), "")), shade(colour, 0.06))
    c.ellipse((280, 306, 720, 396), mix(colour, CREAM, 0.35))
    c.ellipse((304, 322, 696, 388), SOIL)


def _small_pot(c: Canvas, colour: str, top: float = 620) -> None:
    c.solid(
        lambda k: (k.poly([(370, top), (630, top), (600, 850), (400, 850)], ""), k.ellipse((400, 820, 600, 880), "")),
        colour,
    )
    c.ellipse((364, top - 34, 636, top + 30), mix(colour, CREAM, 0.4))
    c.ellipse((382, top - 24, 618, top + 20), SOIL)


def monstera(c: Canvas, colour: str) -> None:
    c.shadow((290, 830, 730, 900))
    _small_pot(c, colour)
    for n, (angle, length, size) in enumerate(
        ((-52, 300, 1.0), (48, 320, 1.05), (-18, 400, 1.15), (20, 440, 1.0), (-80, 190, 0.8), (78, 200, 0.82))
    ):
        turn = math.radians(angle)
        x, y = 500 + length * 0.62 * math.sin(turn), 615 - length * 0.62 * math.cos(turn)
        c.line([(500, 620), (x, y)], LEAVES[2], 11)
        leaf(c, x, y, 190 * size, 240 * size, angle * 1.15, LEAVES[n % 4])
        a = turn * 1.15
        for side in (-1, 1):
            for m in range(3):
                ends = ((side * 22 * size, -(70 + m * 50) * size), (side * (74 - m * 10) * size, -(98 + m * 50) * size))
                c.line(
                    [
                        (x + px * math.cos(a) - py * math.sin(a), y + px * math.sin(a) + py * math.cos(a))
                        for px, py in ends
                    ],
                    shade(LEAVES[n % 4], -0.3),
                    7,
                )


def snake(c: Canvas, colour: str) -> None:
    c.shadow((300, 830, 720, 900))
    for n, (x, angle, length) in enumerate(
        ((440, -16, 420), (560, 17, 400), (470, -5, 520), (535, 7, 470), (500, 0, 340))
    ):
        leaf(c, x, 640, 92, length, angle, mix("#cfd28a", LEAVES[n % 4], 0.15))
        leaf(c, x, 640, 66, length * 0.96, angle, LEAVES[n % 4])
    _front(c, colour)


def _front(c: Canvas, colour: str, top: float = 620) -> None:
    """The pot before the stalks."""
    c.solid(
        lambda k: (k.poly([(370, top), (630, top), (600, 850), (400, 850)], ""), k.ellipse((400, 820, 600, 880), "")),
        colour,
    )
    c.solid(lambda k: (k.rect((358, top - 26, 642, top + 34), "", 20),), shade(colour, 0.1))


def fern(c: Canvas, colour: str) -> None:
    c.shadow((300, 830, 720, 900))
    for n in range(11):
        angle = -100 + n * 20
        turn = math.radians(angle)
        length = 330 - abs(angle) * 0.7
        for m in range(11):
            t = (m + 1) / 11
            droop = t * t * abs(angle) * 0.9
            x, y = 500 + length * t * math.sin(turn), 620 - length * t * math.cos(turn) + droop
            size = 62 * (1.15 - t)
            for side in (-62, 62):
                leaf(c, x, y, 20, size, angle + side, LEAVES[(n + m) % 4])
    _front(c, colour)


def cactus(c: Canvas, colour: str) -> None:
    c.shadow((300, 830, 720, 900))
    green = "#6f9468"
    c.solid(
        lambda k: (
            k.rect((430, 230, 570, 660), "", 70),
            k.rect((300, 380, 380, 540), "", 40),
            k.rect((300, 470, 480, 545), "", 38),
            k.rect((620, 320, 700, 480), "", 40),
            k.rect((520, 410, 700, 485), "", 38),
        ),
        green,
    )
    for x, y in (
        (460, 300),
        (500, 280),
        (540, 310),
        (465, 390),
        (505, 370),
        (540, 400),
        (470, 480),
        (520, 500),
        (335, 420),
        (660, 370),
        (495, 570),
        (340, 490),
        (655, 440),
    ):
        c.line([(x - 9, y - 9), (x + 9, y + 9)], CREAM, 4)
        c.line([(x + 9, y - 9), (x - 9, y + 9)], CREAM, 4)
    for dx, dy in ((-22, 0), (22, 0), (0, -20), (-14, -14), (14, -14)):
        c.ellipse((500 + dx - 18, 226 + dy - 18, 500 + dx + 18, 226 + dy + 18), "#d98a9a")
    _front(c, colour)


def tree(c: Canvas, colour: str) -> None:
    c.shadow((300, 850, 720, 910))
    c.line([(500, 700), (490, 520), (505, 380)], "#8a6a4c", 24)
    c.line([(495, 540), (420, 440)], "#8a6a4c", 14)
    c.line([(497, 500), (580, 420)], "#8a6a4c", 14)
    for n in range(34):
        a = n * 2.4
        r = 30 + 32 * math.sqrt(n)
        x, y = 500 + r * 0.95 * math.cos(a), 320 + r * 0.75 * math.sin(a)
        leaf(c, x, y + 34, 56, 92, math.degrees(a) % 90 - 45, LEAVES[n % 4])
    for x, y in ((430, 330), (560, 290), (510, 400), (600, 380), (390, 260)):
        c.solid(lambda k, x=x, y=y: k.ellipse((x - 27, y - 27, x + 27, y + 27), ""), "#e3a03c")
    _front(c, colour, 680)


def can(c: Canvas, colour: str) -> None:
    c.shadow((200, 790, 820, 880))
    c.solid(lambda k: k.poly([(360, 720), (360, 600), (170, 380), (130, 410)], ""), shade(colour, -0.08))
    c.solid(lambda k: k.poly([(96, 420), (186, 350), (214, 392), (128, 458)], ""), shade(colour, 0.12))
    c.arc((560, 380, 830, 730), -110, 95, shade(colour, -0.2), 32)
    c.arc((390, 250, 650, 560), 190, 350, shade(colour, -0.12), 28)
    c.solid(lambda k: (k.rect((340, 470, 690, 800), ""), k.ellipse((340, 750, 690, 850), "")), colour)
    c.ellipse((340, 428, 690, 512), mix(colour, CREAM, 0.4))
    c.ellipse((366, 442, 664, 502), shade(colour, -0.4))


def trowel(c: Canvas, colour: str) -> None:
    c.shadow((350, 850, 700, 910))
    c.solid(lambda k: k.rect((460, 110, 540, 400), "", 38), colour if colour != CREAM else WOOD)
    c.rect((458, 370, 542, 410), "#c8a45c", 8)
    c.rect((484, 400, 516, 540), shade(STEEL, -0.2))
    c.solid(
        lambda k: k.poly([(400, 520), (600, 520), (606, 700), (570, 800), (500, 880), (430, 800), (394, 700)], ""),
        STEEL,
        dark=0.34,
    )
    c.line([(500, 560), (500, 800)], shade(STEEL, -0.25), 10)
    c.ellipse((488, 140, 512, 164), shade(colour, -0.5))


def secateurs(c: Canvas, colour: str) -> None:
    c.shadow((300, 830, 720, 900))
    c.solid(lambda k: k.poly([(480, 480), (420, 260), (470, 130), (540, 300), (540, 470)], ""), STEEL)
    c.arc((500, 240, 640, 520), 95, 250, shade(STEEL, -0.25), 40)
    c.line([(520, 480), (650, 660), (640, 850)], colour, 58)
    c.line([(500, 480), (370, 660), (390, 850)], shade(colour, -0.14), 58)
    c.ellipse((470, 440, 550, 520), "#c8a45c")
    c.ellipse((494, 464, 526, 496), INK)


def seeds(c: Canvas, colour: str) -> None:
    c.shadow((300, 820, 720, 890))
    c.solid(lambda k: k.rect((310, 170, 690, 850), "", 14), CREAM, dark=0.12)
    c.rect((310, 170, 690, 250), colour, 14)
    c.rect((335, 285, 665, 690), mix(colour, CREAM, 0.6), 10)
    for n in range(8):
        a = math.pi * n / 4
        x, y = 500 + 66 * math.cos(a), 430 + 66 * math.sin(a)
        c.ellipse((x - 44, y - 44, x + 44, y + 44), colour)
    c.ellipse((452, 382, 548, 478), "#e3b64c")
    c.line([(500, 540), (500, 680)], LEAVES[0], 12)
    leaf(c, 500, 660, 40, 110, 60, LEAVES[1])
    leaf(c, 500, 640, 40, 110, -60, LEAVES[0])
    c.line([(400, 740), (600, 740)], INK, 10)
    c.line([(430, 785), (570, 785)], "#a8998a", 7)


def gloves(c: Canvas, colour: str) -> None:
    c.shadow((230, 830, 800, 900))
    for x, mirror in ((345, -1), (655, 1)):

        def shape(k: Canvas, x: float = x, m: float = mirror) -> object:
            return (
                k.rect((x - 110, 480, x + 110, 760), "", 60),
                *(k.rect((x - 108 + n * 55, 270 + abs(n - 1.4) * 34, x - 58 + n * 55, 560), "", 25) for n in range(4)),
                k.line([(x + m * 80, 660), (x + m * 165, 520)], "", 56),
            )

        c.solid(shape, colour, dark=0.14)
        c.solid(lambda k, x=x: k.rect((x - 115, 740, x + 115, 850), "", 18), mix(colour, CREAM, 0.6), dark=0.1)
        c.ellipse((x - 26, 590, x + 26, 642), mix(colour, CREAM, 0.5))


def birdhouse(c: Canvas, colour: str) -> None:
    c.shadow((300, 860, 710, 920))
    c.solid(lambda k: k.poly([(350, 400), (650, 400), (650, 850), (350, 850)], ""), colour, dark=0.16)
    c.poly([(350, 404), (500, 240), (650, 404)], shade(colour, 0.05))
    c.line([(300, 430), (500, 210), (700, 430)], WOOD, 44)
    c.ellipse((436, 470, 564, 598), INK)
    c.ellipse((446, 484, 560, 598), "#241a14")
    c.line([(500, 660), (500, 668)], WOOD, 40)
    for y in (700, 770):
        c.line([(356, y), (644, y)], shade(colour, -0.14), 5)
