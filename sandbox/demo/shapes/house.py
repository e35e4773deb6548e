"""Lamps, candles, bath and storage."""

from __future__ import annotations

from ..drawing import Canvas, mix, shade

__all__ = ["basket", "brush", "candle", "floorlamp", "hook", "lamp", "lantern", "pendant", "soap", "wick"]

WOOD, BRASS, INK, CREAM, GLOW = "#b98252", "#c8a45c", "#3b3430", "#f6ecdc", "#ffe9b8"


def lamp(c: Canvas, colour: str) -> None:
    c.shadow((300, 820, 720, 890))
    c.halo(500, 400, 430, GLOW)
    c.solid(lambda k: k.ellipse((350, 790, 650, 866), ""), BRASS)
    c.solid(lambda k: k.ellipse((400, 530, 600, 840), ""), mix(colour, CREAM, 0.25))
    c.rect((486, 420, 514, 560), BRASS)
    c.solid(lambda k: k.poly([(390, 180), (610, 180), (720, 470), (280, 470)], ""), colour, light=0.3)
    c.ellipse((280, 446, 720, 494), mix(colour, GLOW, 0.7))
    c.ellipse((390, 166, 610, 194), mix(colour, GLOW, 0.5))


def floorlamp(c: Canvas, colour: str) -> None:
    c.shadow((330, 870, 690, 930))
    c.halo(520, 250, 380, GLOW)
    for x in (340, 500, 660):
        c.line([(500, 430), (x, 890)], WOOD if x != 500 else shade(WOOD, -0.2), 22)
    c.solid(lambda k: k.rect((330, 120, 690, 430), "", 40), colour, light=0.3)
    c.ellipse((340, 404, 680, 446), mix(colour, GLOW, 0.7))


def pendant(c: Canvas, colour: str) -> None:
    c.halo(500, 640, 420, GLOW)
    c.line([(500, 0), (500, 330)], INK, 9)
    c.solid(lambda k: k.rect((460, 300, 540, 390), "", 18), BRASS)
    c.ellipse((420, 590, 580, 730), "#fff6dc")

    def body(k: Canvas) -> None:
        k.poly([(450, 370), (550, 370), (640, 430), (740, 620), (260, 620), (360, 430)], "")

    c.solid(body, colour, light=0.22)
    c.ellipse((260, 588, 740, 652), mix(colour, GLOW, 0.55))
    c.ellipse((330, 600, 670, 644), "#fff4d2")


def lantern(c: Canvas, colour: str) -> None:
    c.shadow((290, 830, 720, 900))
    c.halo(500, 560, 380, GLOW)
    c.arc((410, 110, 590, 330), 180, 360, INK, 16)
    c.solid(lambda k: k.poly([(370, 330), (630, 330), (690, 420), (310, 420)], ""), colour)
    c.rect((430, 220, 570, 340), shade(colour, -0.15), 20)
    c.rect((330, 420, 670, 800), "#eee3c8", 10)
    c.solid(lambda k: k.rect((440, 600, 560, 800), "", 14), CREAM)
    _flame(c, 500, 595)
    for x in (330, 490, 650):
        c.rect((x, 410, x + 20, 810), colour)
    c.solid(lambda k: k.rect((300, 790, 700, 860), "", 16), colour)


def _flame(c: Canvas, x: float, y: float) -> None:
    c.line([(x, y + 6), (x, y - 18)], INK, 6)
    c.halo(x, y - 50, 130, "#ffd98a")
    c.poly(
        [(x, y - 118), (x + 24, y - 56), (x + 18, y - 26), (x, y - 12), (x - 18, y - 26), (x - 24, y - 56)], "#f4a945"
    )
    c.ellipse((x - 12, y - 58, x + 12, y - 16), "#fff0bd")


def candle(c: Canvas, colour: str) -> None:
    c.shadow((290, 810, 730, 890))
    c.halo(500, 330, 330, GLOW)
    c.solid(lambda k: (k.rect((320, 440, 680, 800), ""), k.ellipse((320, 750, 680, 850), "")), colour)
    c.ellipse((320, 400, 680, 490), mix(colour, CREAM, 0.45))
    c.ellipse((344, 414, 656, 480), CREAM)
    _flame(c, 500, 446)
    c.rect((400, 560, 600, 720), CREAM, 10)
    c.line([(435, 610), (565, 610)], INK, 8)
    c.line([(455, 650), (545, 650)], "#a8998a", 6)


def wick(c: Canvas, colour: str) -> None:
    """Dinner candles."""
    c.shadow((280, 820, 740, 890))
    for x, top, tone in ((380, 300, 0.25), (500, 220, 0.0), (620, 360, -0.12)):
        tint = shade(colour, tone)
        _flame(c, x, top)
        c.solid(lambda k, x=x, top=top: k.rect((x - 32, top, x + 32, 800), "", 16), tint)
        c.solid(
            lambda k, x=x: (k.rect((x - 52, 760, x + 52, 800), "", 14), k.ellipse((x - 80, 790, x + 80, 850), "")),
            BRASS,
        )


def soap(c: Canvas, colour: str) -> None:
    c.shadow((230, 710, 790, 820))
    c.solid(lambda k: k.rect((210, 690, 790, 760), "", 30), WOOD)
    c.rect((240, 752, 300, 790), shade(WOOD, -0.3), 8)
    c.rect((700, 752, 760, 790), shade(WOOD, -0.3), 8)
    c.solid(lambda k: k.rect((280, 520, 720, 700), "", 60), colour)
    c.rect((300, 530, 700, 590), mix(colour, CREAM, 0.35), 30)
    c.solid(lambda k: k.rect((330, 390, 670, 535), "", 56), mix(colour, CREAM, 0.5))
    c.rect((350, 398, 650, 440), mix(colour, CREAM, 0.75), 22)
    for x, y, r in ((250, 440, 30), (210, 380, 18), (760, 420, 24), (735, 350, 40), (800, 300, 16)):
        c.ellipse((x - r, y - r, x + r, y + r), "#ffffff")
        c.ellipse((x - r + 5, y - r + 5, x + r - 5, y + r - 5), mix(colour, "#ffffff", 0.8))


def brush(c: Canvas, colour: str) -> None:
    c.shadow((180, 690, 830, 790))
    c.solid(lambda k: (k.rect((160, 520, 560, 610), "", 44), k.rect((420, 545, 860, 590), "", 22)), WOOD)
    for n in range(17):
        x = 190 + n * 20.5
        c.line([(x, 600), (x + (n - 8) * 2.2, 700)], shade("#d9c7a3", -0.06 * (n % 3)), 15)
    c.ellipse((800, 556, 826, 580), shade(WOOD, -0.5))
    c.rect((600, 538, 660, 597), colour, 8)


def basket(c: Canvas, colour: str) -> None:
    c.shadow((230, 790, 790, 880))
    straw = mix(colour, "#c9a56b", 0.65)
    for side in (-1, 1):
        x = 500 + side * 260
        c.arc((x - 70, 330, x + 70, 520), 180, 360, shade(straw, -0.3), 22)

    def body(k: Canvas) -> object:
        return (k.poly([(220, 430), (780, 430), (720, 800), (280, 800)], ""), k.ellipse((280, 760, 720, 850), ""))

    c.solid(body, straw)

    def weave(k: Canvas) -> None:
        for row in range(9):
            for n in range(16):
                x, y = 200 + n * 40 + (row % 2) * 20, 445 + row * 44
                k.rect((x, y, x + 32, y + 22), shade(straw, -0.17), 10)

    c.within(body, weave)
    c.within(body, lambda k: k.rect((0, 640, 1000, 728), colour))
    c.ellipse((220, 390, 780, 476), shade(straw, 0.25))
    c.ellipse((246, 402, 754, 466), shade(straw, -0.5))


def hook(c: Canvas, colour: str) -> None:
    """A rail with hooks."""
    c.solid(lambda k: k.rect((150, 380, 850, 490), "", 40), WOOD, dark=0.12)
    for n in range(4):
        x = 245 + n * 170
        c.ellipse((x - 34, 404, x + 34, 472), shade(WOOD, -0.35))
        c.solid(
            lambda k, x=x: (k.rect((x - 15, 430, x + 15, 560), "", 14), k.ellipse((x - 42, 530, x + 42, 614), "")),
            colour,
        )
