"""Textiles and bags."""

from __future__ import annotations

import math

from ..drawing import Canvas, mix, shade

__all__ = ["apron", "backpack", "cloth", "cushion", "pouch", "rug", "throw", "tote", "towels", "wallet"]

LEATHER, BRASS, CREAM, WOOD = "#8a5a3a", "#c8a45c", "#f6ecdc", "#b98252"


def cushion(c: Canvas, colour: str) -> None:
    c.shadow((210, 770, 810, 870))
    corners = ((215, 235), (785, 225), (800, 790), (200, 800))
    points = []
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        for n in range(20):
            t, sag = n / 20, 34 * math.sin(math.pi * n / 20)
            inward = ((500 - (x0 + x1) / 2) / 285, (512 - (y0 + y1) / 2) / 285)
            points.append((x0 + (x1 - x0) * t + inward[0] * sag, y0 + (y1 - y0) * t + inward[1] * sag))

    def body(k: Canvas) -> object:
        return k.poly(points, "")

    c.solid(body, colour, dark=0.2)
    for x in (330, 350, 650, 670):
        c.within(body, lambda k, x=x: k.line([(x, 200), (x, 820)], mix(colour, CREAM, 0.55), 9))
    for y in (380, 400, 620, 640):
        c.within(body, lambda k, y=y: k.line([(180, y), (820, y)], mix(colour, CREAM, 0.55), 9))


def throw(c: Canvas, colour: str) -> None:
    c.shadow((190, 770, 830, 860))
    for n in range(4):
        y = 700 - n * 105
        tone = colour if n % 2 == 0 else mix(colour, CREAM, 0.35)
        c.solid(lambda k, y=y: k.rect((200, y, 800, y + 112), "", 56), tone, dark=0.16)
        c.line([(230, y + 22), (770, y + 22)], mix(tone, CREAM, 0.4), 6)
    for n in range(13):
        x = 250 + n * 42
        c.line([(x, 800), (x + (n % 3 - 1) * 6, 858)], mix(colour, CREAM, 0.3), 8)


def towels(c: Canvas, colour: str) -> None:
    c.shadow((230, 790, 790, 870))
    for n, tone in enumerate((shade(colour, -0.14), colour, mix(colour, CREAM, 0.55))):
        y = 690 - n * 130
        c.solid(lambda k, y=y: k.rect((240, y, 760, y + 126), "", 50), tone, dark=0.16)
        c.rect((250, y + 60, 750, y + 68), shade(tone, -0.22), 4)
        c.rect((560, y + 12, 590, y + 114), mix(tone, CREAM, 0.6))
        c.rect((604, y + 12, 616, y + 114), mix(tone, CREAM, 0.6))


def cloth(c: Canvas, colour: str) -> None:
    c.rect((130, 210, 870, 232), WOOD, 10)

    def body(k: Canvas) -> object:
        return k.poly([(270, 218), (730, 218), (746, 800), (620, 818), (500, 800), (380, 820), (254, 800)], "")

    c.shadow((240, 830, 780, 890))
    c.solid(body, mix(colour, CREAM, 0.72), dark=0.14)
    for y in (300, 330, 690, 720, 750):
        c.within(body, lambda k, y=y: k.line([(220, y), (800, y)], colour, 14))
    for x in (380, 500, 620):
        c.within(body, lambda k, x=x: k.line([(x, 230), (x + 8, 820)], mix(colour, CREAM, 0.6), 6))
    c.arc((480, 160, 520, 224), 160, 380, colour, 10)


def apron(c: Canvas, colour: str) -> None:
    c.shadow((290, 850, 720, 910))
    c.arc((410, 90, 590, 330), 170, 370, shade(colour, -0.3), 18)
    c.line([(290, 520), (160, 600)], shade(colour, -0.3), 16)
    c.line([(710, 520), (840, 600)], shade(colour, -0.3), 16)

    def body(k: Canvas) -> object:
        return k.poly(
            [(400, 220), (600, 220), (620, 400), (730, 510), (700, 870), (300, 870), (270, 510), (380, 400)], ""
        )

    c.solid(body, colour, dark=0.16)
    c.rect((370, 560, 630, 720), shade(colour, -0.14), 18)
    c.line([(500, 566), (500, 712)], shade(colour, -0.28), 6)
    c.line([(384, 576), (616, 576)], mix(colour, CREAM, 0.5), 6)


def rug(c: Canvas, colour: str) -> None:
    c.shadow((170, 760, 850, 840), 0.2)

    def body(k: Canvas) -> object:
        return k.poly([(290, 330), (710, 330), (860, 780), (140, 780)], "")

    c.solid(body, colour, dark=0.1)
    for n, y in enumerate((360, 420, 510, 620, 700)):
        tone = mix(colour, CREAM, 0.6) if n % 2 == 0 else shade(colour, -0.25)
        c.within(body, lambda k, y=y, tone=tone, n=n: k.rect((0, y, 1000, y + 18 + n * 5), tone))
    for n in range(25):
        x = 148 + n * 29.3
        c.line([(x, 782), (x - 6 + n * 0.5, 822)], CREAM, 7)


def tote(c: Canvas, colour: str) -> None:
    c.shadow((240, 830, 780, 900))
    c.arc((360, 130, 640, 640), 185, 355, shade(colour, -0.32), 30)

    def body(k: Canvas) -> object:
        return k.poly([(270, 390), (730, 390), (770, 860), (230, 860)], "")

    c.solid(body, colour, dark=0.16)
    c.arc((390, 170, 610, 660), 178, 362, shade(colour, -0.18), 30)
    c.rect((270, 390, 730, 424), shade(colour, -0.12))
    _sun(c, 500, 650, 84, mix(colour, CREAM, 0.75))


def _sun(c: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    c.ellipse((x - radius * 0.55, y - radius * 0.55, x + radius * 0.55, y + radius * 0.55), colour)
    for n in range(12):
        a = math.pi * n / 6
        inner, outer = radius * 0.75, radius * 1.1
        c.line(
            [(x + inner * math.cos(a), y + inner * math.sin(a)), (x + outer * math.cos(a), y + outer * math.sin(a))],
            colour,
            9,
        )


def backpack(c: Canvas, colour: str) -> None:
    c.shadow((250, 840, 770, 910))
    c.arc((420, 130, 580, 310), 180, 360, LEATHER, 26)
    c.solid(lambda k: (k.rect((210, 560, 330, 800), "", 40), k.rect((670, 560, 790, 800), "", 40)), shade(colour, -0.2))
    c.solid(lambda k: k.rect((270, 220, 730, 870), "", 130), colour, dark=0.18)
    c.solid(lambda k: k.rect((320, 590, 680, 820), "", 50), shade(colour, -0.1), dark=0.14)
    c.line([(340, 640), (660, 640)], BRASS, 8)
    c.solid(lambda k: k.rect((270, 220, 730, 480), "", 120), shade(colour, -0.06), dark=0.14)
    for x in (390, 610):
        c.rect((x - 22, 440, x + 22, 600), LEATHER, 10)
        c.rect((x - 28, 530, x + 28, 566), BRASS, 8)


def pouch(c: Canvas, colour: str) -> None:
    c.shadow((190, 740, 830, 830))

    def body(k: Canvas) -> object:
        return k.rect((200, 380, 800, 790), "", 80)

    c.solid(body, colour, dark=0.16)
    c.rect((220, 420, 780, 446), shade(colour, -0.35), 12)
    c.line([(230, 433), (770, 433)], BRASS, 7)
    c.line([(770, 433), (820, 500)], LEATHER, 16)
    c.within(
        body, lambda k: k.poly([(0, 620), (500, 560), (1000, 660), (1000, 1000), (0, 1000)], mix(colour, CREAM, 0.45))
    )


def wallet(c: Canvas, colour: str) -> None:
    c.shadow((210, 700, 810, 800))
    c.rect((270, 340, 700, 470), CREAM, 14)
    c.rect((290, 370, 720, 500), mix(colour, CREAM, 0.6), 14)
    c.solid(lambda k: k.rect((220, 430, 780, 750), "", 34), colour, dark=0.2)
    for n in range(26):
        c.line([(246 + n * 20, 728), (256 + n * 20, 728)], mix(colour, CREAM, 0.5), 5)
    c.solid(lambda k: k.rect((660, 540, 800, 640), "", 40), shade(colour, -0.2))
    c.ellipse((690, 572, 726, 608), BRASS)
