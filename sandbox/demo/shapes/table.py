"""Ceramics, kitchen, tea and coffee."""

from __future__ import annotations

import math
from collections.abc import Callable

from ..drawing import Canvas, mix, shade

__all__ = [
    "board",
    "bottle",
    "bowl",
    "coffee",
    "cup",
    "dripper",
    "grinder",
    "jar",
    "jug",
    "kettle",
    "mug",
    "pan",
    "plate",
    "spoons",
    "tea",
    "teapot",
    "vase",
    "whisk",
]

Paint = Callable[[Canvas], object]
WOOD, STEEL, INK, CREAM = "#b98252", "#b9bdbf", "#3b3430", "#f6ecdc"


def mug(c: Canvas, colour: str) -> None:
    c.shadow((250, 770, 810, 850))
    c.arc((590, 400, 800, 660), -125, 125, shade(colour, -0.12), 46)

    def body(k: Canvas) -> None:
        k.rect((280, 310, 660, 500), "")
        k.rect((280, 380, 660, 800), "", 90)

    _rimmed(c, body, colour, (280, 265, 660, 355))


def _rimmed(c: Canvas, body: Paint, colour: str, rim: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = rim
    c.solid(body, colour)
    dark = shade(colour, -0.38)
    tone = mix(colour, CREAM, 0.55)
    c.within(body, lambda k: k.ellipse((x0 - 30, y0 - 40, x1 + 30, y1 + 62), mix(colour, CREAM, 0.3)))
    c.ellipse(rim, mix(tone, colour, 0.3))
    c.ellipse((x0 + 16, y0 + 12, x1 - 16, y1 - 8), dark)
    c.within(
        lambda k: k.ellipse((x0 + 16, y0 + 12, x1 - 16, y1 - 8), ""),
        lambda k: k.ellipse((x0 + 40, y0 + 34, x1 - 40, y1 + 30), shade(dark, 0.12)),
    )


def cup(c: Canvas, colour: str) -> None:
    c.shadow((190, 740, 830, 850))
    c.solid(lambda k: k.ellipse((200, 690, 800, 830), ""), mix(colour, CREAM, 0.5))
    c.ellipse((290, 712, 710, 792), mix(colour, CREAM, 0.35))
    c.arc((580, 470, 750, 640), -130, 130, shade(colour, -0.1), 36)

    def body(k: Canvas) -> None:
        k.poly([(320, 430), (660, 430), (610, 690), (370, 690)], "")
        k.ellipse((362, 630, 618, 770), "")

    _rimmed(c, body, colour, (318, 392, 662, 470))


def bowl(c: Canvas, colour: str) -> None:
    c.shadow((240, 740, 780, 840))
    c.solid(lambda k: k.rect((420, 720, 580, 790), "", 16), shade(colour, -0.15))

    half = [(190 + 310 - 310 * math.cos(a), 440 + 320 * math.sin(a)) for a in (math.pi * n / 40 for n in range(41))]
    c.solid(lambda k: k.poly(half, ""), colour)
    c.ellipse((190, 350, 810, 530), mix(colour, CREAM, 0.5))
    c.ellipse((214, 368, 786, 516), shade(colour, -0.25))
    c.within(
        lambda k: k.ellipse((214, 368, 786, 516), ""), lambda k: k.ellipse((260, 410, 760, 580), shade(colour, -0.08))
    )


def plate(c: Canvas, colour: str) -> None:
    c.shadow((150, 640, 850, 800))
    for n in range(2):
        y = 40 - n * 40
        c.solid(lambda k, y=y: k.ellipse((140, 520 + y, 860, 760 + y), ""), shade(colour, -0.1 * (1 - n)))
        c.ellipse((140, 500 + y, 860, 736 + y), mix(colour, CREAM, 0.45))
    c.ellipse((230, 530, 770, 704), mix(colour, CREAM, 0.15))
    c.ellipse((246, 542, 754, 704), mix(colour, CREAM, 0.32))


def vase(c: Canvas, colour: str) -> None:
    c.shadow((320, 810, 720, 890))
    for x, y, lean in ((440, 120, -60), (520, 60, 0), (590, 150, 70)):
        c.line([(500, 440), (500 + lean / 2, 290), (x, y + 20)], "#6f7f5a", 9)
        for n in range(4):
            px, py = 500 + (x - 500) * (0.35 + n * 0.17), 440 + (y - 440) * (0.35 + n * 0.17)
            c.ellipse((px - 34, py - 12, px + 4, py + 12), "#8a9a70")
            c.ellipse((px - 4, py - 16, px + 34, py + 8), "#798a62")

    def body(k: Canvas) -> None:
        k.rect((440, 360, 560, 560), "", 10)
        k.ellipse((330, 480, 670, 860), "")

    c.solid(body, colour)
    c.ellipse((430, 342, 570, 384), mix(colour, CREAM, 0.4))
    c.ellipse((448, 352, 552, 378), shade(colour, -0.4))


def jug(c: Canvas, colour: str) -> None:
    c.shadow((290, 790, 750, 870))
    c.arc((590, 340, 810, 660), -140, 125, shade(colour, -0.12), 40)

    def body(k: Canvas) -> None:
        k.poly([(380, 260), (640, 260), (650, 420), (370, 420)], "")
        k.ellipse((300, 360, 700, 840), "")
        k.poly([(380, 250), (300, 270), (390, 350)], "")

    c.solid(body, colour)
    c.ellipse((372, 230, 646, 292), mix(colour, CREAM, 0.45))
    c.ellipse((396, 242, 624, 284), shade(colour, -0.38))
    _ring(c, body, mix(colour, CREAM, 0.5), 560)


def _ring(c: Canvas, body: Paint, colour: str, y: float) -> None:
    c.within(body, lambda k: k.arc((150, y - 90, 850, y + 30), 0, 180, colour, 16))


def teapot(c: Canvas, colour: str) -> None:
    c.shadow((210, 750, 800, 850))
    c.arc((630, 420, 850, 680), -140, 140, shade(colour, -0.14), 40)
    c.solid(lambda k: k.poly([(330, 560), (150, 380), (196, 366), (390, 500), (400, 640)], ""), shade(colour, -0.05))
    c.solid(lambda k: k.ellipse((260, 370, 740, 800), ""), colour)
    c.solid(lambda k: k.ellipse((380, 330, 620, 440), ""), mix(colour, CREAM, 0.25))
    c.solid(lambda k: k.ellipse((462, 270, 538, 350), ""), WOOD)
    c.arc((300, 480, 700, 690), 15, 165, mix(colour, CREAM, 0.4), 10)


def pan(c: Canvas, colour: str) -> None:
    c.shadow((120, 650, 780, 790))
    c.solid(lambda k: k.rect((640, 548, 950, 600), "", 26), WOOD)
    c.solid(lambda k: (k.rect((130, 530, 690, 680), "", 60), k.ellipse((130, 470, 690, 600), ""))[0], colour)
    c.ellipse((130, 462, 690, 596), shade(colour, 0.22))
    c.ellipse((156, 478, 664, 584), shade(colour, -0.3))
    c.within(
        lambda k: k.ellipse((156, 478, 664, 584), ""), lambda k: k.ellipse((200, 510, 640, 640), shade(colour, -0.18))
    )


def board(c: Canvas, colour: str) -> None:
    c.shadow((240, 800, 800, 870))
    c.solid(
        lambda k: (k.rect((290, 330, 710, 840), "", 60), k.rect((450, 150, 550, 380), "", 50))[0], colour, dark=0.14
    )

    def body(k: Canvas) -> object:
        return k.rect((290, 330, 710, 840), "", 60)

    for n in range(9):
        x = 310 + n * 46
        c.within(
            body,
            lambda k, x=x, n=n: k.line([(x, 320), (x + 10 * math.sin(n), 600), (x - 8, 850)], shade(colour, -0.1), 5),
        )
    c.ellipse((478, 190, 522, 234), shade(colour, -0.5))


def spoons(c: Canvas, colour: str) -> None:
    c.shadow((330, 800, 700, 880))
    for x, lean, tall in ((420, -90, 0), (500, 0, -50), (580, 90, 10)):
        c.line([(x, 528), (x + lean * 0.86, 330 + tall)], shade(WOOD, -0.05 + lean / 900), 24)
        c.solid(
            lambda k, x=x, lean=lean, tall=tall: k.ellipse((x + lean - 52, 160 + tall, x + lean + 52, 340 + tall), ""),
            WOOD,
        )

    def body(k: Canvas) -> None:
        k.rect((350, 520, 650, 840), "", 40)

    c.solid(body, colour)
    c.ellipse((350, 488, 650, 556), mix(colour, CREAM, 0.4))
    c.ellipse((372, 500, 628, 548), shade(colour, -0.45))
    for x, lean in ((420, -90), (500, 0), (580, 90)):
        c.line([(x, 528), (x + lean * 0.3, 450)], shade(WOOD, -0.05 + lean / 900), 24)


def whisk(c: Canvas, colour: str) -> None:
    c.shadow((330, 810, 680, 880))
    c.solid(lambda k: k.rect((462, 120, 538, 440), "", 34), colour)
    c.rect((458, 420, 542, 460), shade(STEEL, -0.2), 10)
    for width in (60, 130, 200, 260):
        c.arc((500 - width / 2, 380, 500 + width / 2, 840), -80, 260, shade(STEEL, -0.1 - width / 1600), 9)


def jar(c: Canvas, colour: str) -> None:
    c.shadow((290, 800, 730, 880))

    def glass(k: Canvas) -> object:
        return k.rect((310, 330, 690, 850), "", 70)

    c.solid(glass, "#dfe8e4", dark=0.12)
    c.within(lambda k: k.rect((334, 350, 666, 828), "", 54), lambda k: k.rect((0, 480, 1000, 1000), colour))
    c.within(
        lambda k: k.rect((334, 350, 666, 828), "", 54), lambda k: k.ellipse((320, 450, 680, 510), shade(colour, 0.2))
    )
    c.rect((400, 570, 600, 720), CREAM, 12)
    c.line([(430, 615), (570, 615)], INK, 8)
    c.line([(450, 655), (550, 655)], "#a8998a", 6)
    c.solid(lambda k: k.rect((330, 220, 670, 350), "", 26), WOOD)
    c.rect((350, 380, 372, 780), "#ffffff", 11)


def bottle(c: Canvas, colour: str) -> None:
    c.shadow((350, 810, 690, 890))

    def body(k: Canvas) -> None:
        k.rect((370, 400, 630, 860), "", 60)
        k.poly([(370, 470), (456, 330), (544, 330), (630, 470)], "")
        k.rect((456, 210, 544, 360), "", 10)

    c.solid(body, colour)
    c.solid(lambda k: k.rect((446, 130, 554, 230), "", 16), "#4b423c")
    c.rect((370, 540, 630, 740), CREAM)
    c.line([(430, 600), (570, 600)], INK, 9)
    c.line([(450, 642), (550, 642)], "#a8998a", 6)
    c.line([(450, 672), (550, 672)], "#a8998a", 6)


def tea(c: Canvas, colour: str) -> None:
    c.shadow((280, 790, 740, 870))
    c.solid(lambda k: (k.rect((310, 380, 690, 800), ""), k.ellipse((310, 750, 690, 850), ""))[0], colour)
    c.solid(lambda k: (k.rect((300, 270, 700, 370), ""), k.ellipse((300, 325, 700, 415), ""))[0], shade(colour, -0.2))
    c.ellipse((300, 225, 700, 315), shade(colour, 0.18))
    c.rect((380, 490, 620, 710), CREAM, 120)
    _leaf(c, 500, 660, 56, 130, "#6d8452")
    _leaf(c, 470, 670, 40, 90, "#87a067", -38)
    _leaf(c, 530, 670, 40, 90, "#58703f", 38)


def _leaf(c: Canvas, x: float, y: float, width: float, height: float, colour: str, angle: float = 0) -> None:  # noqa: PLR0917 - points and sizes are read in pairs
    turn = math.radians(angle)
    outline = []
    for n in range(25):
        t = n / 24 * 2
        side, along = (1, t) if t <= 1 else (-1, 2 - t)
        px, py = side * math.sin(along * math.pi) * width / 2, -along * height
        outline.append((x + px * math.cos(turn) - py * math.sin(turn), y + px * math.sin(turn) + py * math.cos(turn)))
    c.poly(outline, colour)
    tip = (x + height * 0.82 * math.sin(turn), y - height * 0.82 * math.cos(turn))
    c.line([(x, y), tip], shade(colour, 0.25), max(3, width / 16))


def coffee(c: Canvas, colour: str) -> None:
    c.shadow((290, 810, 730, 890))

    def body(k: Canvas) -> object:
        return k.poly([(320, 260), (680, 260), (700, 850), (300, 850)], "")

    c.solid(body, colour, dark=0.18)
    c.poly([(320, 260), (680, 260), (676, 330), (324, 330)], shade(colour, -0.18))
    c.solid(lambda k: k.rect((330, 190, 670, 275), "", 10), shade(colour, -0.08))
    c.rect((312, 300, 688, 318), "#d8c9a8", 8)
    c.rect((380, 440, 620, 720), CREAM, 14)
    for x, y, turn in ((455, 530, 0), (545, 545, 1), (500, 625, 0)):
        c.ellipse((x - 36, y - 50, x + 36, y + 50) if not turn else (x - 46, y - 38, x + 46, y + 38), "#6a4630")
        c.arc((x - 18, y - 44, x + 18, y + 44), 100, 260, "#452c1d", 6)


def dripper(c: Canvas, colour: str) -> None:
    c.shadow((280, 810, 740, 890))
    glass = "#d5e0dd"
    c.solid(lambda k: k.poly([(370, 520), (630, 520), (710, 850), (290, 850)], ""), glass, dark=0.14)
    c.within(
        lambda k: k.poly([(370, 520), (630, 520), (710, 850), (290, 850)], ""),
        lambda k: k.rect((0, 690, 1000, 1000), "#5a3a26"),
    )
    c.rect((360, 500, 640, 540), WOOD, 16)
    c.solid(lambda k: k.poly([(270, 230), (730, 230), (560, 500), (440, 500)], ""), colour)
    c.ellipse((262, 190, 738, 276), mix(colour, CREAM, 0.45))
    c.ellipse((296, 206, 704, 264), "#5a3a26")


def kettle(c: Canvas, colour: str) -> None:
    c.shadow((220, 770, 800, 860))
    c.arc((330, 130, 690, 560), 180, 360, INK, 34)
    c.solid(lambda k: k.poly([(330, 560), (330, 720), (240, 600), (150, 400), (205, 380)], ""), shade(colour, -0.06))
    c.solid(
        lambda k: (k.ellipse((280, 350, 740, 600), ""), k.poly([(280, 470), (740, 470), (780, 810), (240, 810)], ""))[
            0
        ],
        colour,
    )
    c.rect((230, 790, 790, 826), shade(colour, -0.4), 16)
    c.solid(lambda k: k.ellipse((400, 330, 620, 410), ""), shade(colour, -0.15))
    c.solid(lambda k: k.ellipse((478, 290, 542, 354), ""), WOOD)


def grinder(c: Canvas, colour: str) -> None:
    c.shadow((310, 810, 720, 890))
    c.line([(500, 240), (690, 180)], shade(STEEL, -0.3), 22)
    c.solid(lambda k: k.ellipse((662, 110, 742, 200), ""), WOOD)
    c.solid(lambda k: k.poly([(390, 270), (610, 270), (630, 560), (370, 560)], ""), STEEL)
    c.ellipse((390, 235, 610, 305), shade(STEEL, 0.35))
    c.solid(lambda k: k.rect((340, 550, 660, 850), "", 26), colour)
    c.rect((410, 660, 590, 790), shade(colour, -0.25), 12)
    c.ellipse((478, 700, 522, 744), "#d8c9a8")
