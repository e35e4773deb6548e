"""Toys and games."""

from __future__ import annotations

from ..drawing import Canvas, mix, shade

__all__ = ["bear", "blocks", "boat", "car", "game", "kite", "puzzle", "rabbit", "stacker", "top", "train"]

CREAM, INK, WOOD = "#f6ecdc", "#3b3430", "#d2a673"


def _wheel(c: Canvas, x: float, y: float, radius: float, colour: str) -> None:
    c.solid(lambda k: k.ellipse((x - radius, y - radius, x + radius, y + radius), ""), colour)
    c.ellipse((x - radius * 0.35, y - radius * 0.35, x + radius * 0.35, y + radius * 0.35), WOOD)


def car(c: Canvas, colour: str) -> None:
    c.shadow((150, 720, 860, 820))
    c.solid(lambda k: (k.rect((160, 500, 840, 700), "", 80), k.rect((290, 360, 680, 600), "", 110)), colour, dark=0.14)
    c.rect((345, 410, 470, 520), mix("#cfe0e4", CREAM, 0.3), 30)
    c.rect((500, 410, 625, 520), mix("#cfe0e4", CREAM, 0.3), 30)
    c.ellipse((786, 550, 826, 590), "#f3d79b")
    for x in (310, 690):
        _wheel(c, x, 700, 88, INK)


def train(c: Canvas, colour: str) -> None:
    c.shadow((100, 740, 900, 830))
    c.solid(lambda k: k.rect((560, 420, 860, 560), "", 20), WOOD)
    c.solid(lambda k: k.rect((590, 500, 830, 690), "", 20), mix(colour, "#d9b26a", 0.6))
    c.solid(lambda k: (k.rect((120, 480, 520, 690), "", 50), k.rect((350, 330, 520, 600), "", 20)), colour)
    c.solid(lambda k: k.rect((180, 380, 250, 520), "", 14), shade(colour, -0.25))
    c.rect((335, 300, 535, 350), shade(colour, -0.35), 20)
    c.rect((390, 390, 480, 470), CREAM, 14)
    c.line([(520, 660), (590, 660)], INK, 14)
    for x in (210, 430, 650, 780):
        _wheel(c, x, 710, 60, shade(colour, -0.45))


def blocks(c: Canvas, colour: str) -> None:
    c.shadow((190, 790, 830, 870))
    parts = (
        (230, 620, colour),
        (420, 620, WOOD),
        (610, 620, "#d9b26a"),
        (325, 430, "#8fa58b"),
        (515, 430, mix(colour, CREAM, 0.5)),
    )
    for x, y, tone in parts:
        c.solid(lambda k, x=x, y=y: k.rect((x, y, x + 180, y + 186), "", 18), tone, dark=0.16)
        c.rect((x + 42, y + 46, x + 138, y + 140), mix(tone, CREAM, 0.35), 48 if x % 2 else 16)
    c.solid(lambda k: k.poly([(420, 430), (600, 430), (510, 270)], ""), "#c97b5a")


def bear(c: Canvas, colour: str) -> None:
    c.shadow((260, 820, 760, 900))
    pale = mix(colour, CREAM, 0.6)
    for x in (350, 650):
        c.solid(lambda k, x=x: k.ellipse((x - 80, 160, x + 80, 320), ""), colour)
        c.ellipse((x - 42, 200, x + 42, 284), pale)
        c.solid(lambda k, x=x: k.ellipse((x - 110, 690, x + 90, 880), ""), shade(colour, -0.06))
    c.solid(lambda k: k.ellipse((310, 470, 690, 870), ""), colour)
    c.ellipse((390, 560, 610, 800), pale)
    for x, end in ((330, 250), (670, 750)):
        c.line([(x, 560), (end, 690)], shade(colour, -0.05), 96)
    c.solid(lambda k: k.ellipse((300, 190, 700, 540), ""), colour)
    c.ellipse((410, 370, 590, 510), pale)
    for x in (420, 580):
        c.ellipse((x - 20, 320, x + 20, 360), INK)
        c.ellipse((x - 10, 324, x + 2, 336), "#ffffff")
    c.ellipse((466, 396, 534, 440), INK)
    c.arc((455, 420, 545, 480), 30, 150, INK, 7)


def rabbit(c: Canvas, colour: str) -> None:
    c.shadow((280, 830, 740, 900))
    pale = mix(colour, CREAM, 0.65)
    for x, lean in ((430, -20), (570, 20)):
        c.line([(x, 330), (x + lean, 130)], colour, 92)
        c.line([(x, 310), (x + lean * 0.9, 150)], mix(pale, "#e6a7a0", 0.4), 40)
    c.solid(lambda k: k.ellipse((320, 520, 680, 880), ""), mix(colour, "#7d93a6", 0.75))
    for x in (300, 700):
        c.line([(500 + (x - 500) * 0.6, 580), (x, 720)], colour, 74)
    c.solid(lambda k: k.ellipse((340, 270, 660, 560), ""), colour)
    for x in (430, 570):
        c.ellipse((x - 16, 390, x + 16, 422), INK)
        c.ellipse((x - 44, 440, x + 30, 480), mix(pale, "#e6a7a0", 0.55))
    c.poly([(480, 440), (520, 440), (500, 464)], "#b5667a")
    c.line([(500, 464), (500, 490)], INK, 6)
    for x in (400, 600):
        c.solid(lambda k, x=x: k.ellipse((x - 66, 800, x + 66, 890), ""), pale)


def boat(c: Canvas, colour: str) -> None:
    c.shadow((180, 770, 840, 860))
    c.line([(490, 180), (490, 660)], WOOD, 20)
    c.solid(lambda k: k.poly([(510, 190), (760, 590), (510, 590)], ""), CREAM, dark=0.12)
    c.solid(lambda k: k.poly([(470, 260), (470, 590), (270, 590)], ""), mix(colour, CREAM, 0.4), dark=0.12)
    c.poly([(490, 170), (490, 220), (570, 195)], "#c97b5a")
    c.solid(lambda k: k.poly([(190, 640), (830, 640), (720, 800), (290, 800)], ""), colour)
    c.line([(206, 664), (812, 664)], CREAM, 12)


def puzzle(c: Canvas, colour: str) -> None:
    c.shadow((210, 790, 800, 870))
    tones = (colour, "#d9b26a", "#8fa58b", mix(colour, CREAM, 0.5))
    for n, (x, y) in enumerate(((240, 300), (500, 300), (240, 560), (500, 560))):
        c.solid(lambda k, x=x, y=y: k.rect((x, y, x + 256, y + 256), "", 10), tones[n], dark=0.1)
    for x, y, tone in ((500, 428, 0), (370, 560, 0), (630, 560, 1), (500, 688, 2)):
        c.ellipse((x - 44, y - 44, x + 44, y + 44), tones[tone])
    c.ellipse((430, 470, 450, 490), INK)


def stacker(c: Canvas, colour: str) -> None:
    c.shadow((260, 810, 750, 890))
    tones = ("#5f6f7f", colour, "#8fa58b", "#d9b26a", "#c97b5a")
    for n, tone in enumerate(tones):
        y, half = 730 - n * 104, 240 - n * 36
        c.solid(lambda k, y=y, half=half: k.rect((500 - half, y, 500 + half, y + 112), "", 54), tone)
    c.solid(lambda k: k.ellipse((430, 190, 570, 330), ""), WOOD)


def top(c: Canvas, colour: str) -> None:
    c.shadow((330, 820, 700, 880))
    c.solid(lambda k: k.rect((480, 180, 520, 420), "", 18), WOOD)
    c.solid(lambda k: k.poly([(470, 640), (530, 640), (500, 850)], ""), WOOD)
    for n, tone in enumerate((colour, CREAM, "#d9b26a", shade(colour, -0.2))):
        half, y = (270, 240, 180, 110)[n], 430 + n * 66
        c.solid(lambda k, half=half, y=y: k.rect((500 - half, y, 500 + half, y + 70), "", 34), tone)


def game(c: Canvas, colour: str) -> None:
    c.shadow((180, 760, 850, 850))
    c.solid(lambda k: k.rect((200, 340, 800, 790), "", 20), colour, dark=0.12)
    for row in range(4):
        for column in range(6):
            if (row + column) % 2:
                c.rect(
                    (250 + column * 84, 390 + row * 88, 330 + column * 84, 474 + row * 88), mix(colour, CREAM, 0.5), 8
                )
    for x, y, tone in ((380, 470, "#c97b5a"), (560, 560, "#d9b26a"), (680, 460, INK)):
        c.solid(
            lambda k, x=x, y=y: (
                k.ellipse((x - 34, y - 130, x + 34, y - 62), ""),
                k.poly([(x - 18, y - 84), (x + 18, y - 84), (x + 46, y + 20), (x - 46, y + 20)], ""),
            ),
            tone,
        )


def kite(c: Canvas, colour: str) -> None:
    c.line([(500, 640), (430, 760), (560, 830), (470, 940)], WOOD, 7)
    c.solid(lambda k: k.poly([(500, 110), (720, 350), (500, 650), (280, 350)], ""), colour, dark=0.1)
    c.poly([(500, 110), (720, 350), (500, 350)], mix(colour, CREAM, 0.5))
    c.poly([(280, 350), (500, 350), (500, 650)], "#d9b26a")
    c.line([(500, 110), (500, 650)], WOOD, 8)
    c.line([(280, 350), (720, 350)], WOOD, 8)
    for x, y in ((440, 748), (548, 824)):
        c.poly([(x, y), (x - 44, y - 26), (x - 44, y + 26)], "#c97b5a")
        c.poly([(x, y), (x + 44, y - 26), (x + 44, y + 26)], "#c97b5a")
