"""Stationery and books."""

from __future__ import annotations

from ..drawing import Canvas, mix, shade

__all__ = ["book", "calendar", "cards", "folder", "notebook", "pen", "pencils", "stamp", "tape", "wrap"]

CREAM, INK, WOOD, BRASS = "#f6ecdc", "#3b3430", "#b98252", "#c8a45c"


def notebook(c: Canvas, colour: str) -> None:
    c.shadow((260, 810, 800, 880))
    c.rect((300, 190, 740, 846), shade(CREAM, -0.12), 18)
    c.rect((292, 184, 732, 838), CREAM, 18)
    c.solid(lambda k: k.rect((270, 170, 716, 830), "", 24), colour, dark=0.12)
    c.rect((270, 170, 330, 830), shade(colour, -0.18), 20)
    c.rect((620, 168, 646, 832), shade(colour, -0.4))
    c.rect((400, 330, 570, 430), CREAM, 10)
    c.line([(430, 380), (540, 380)], INK, 7)
    c.line([(470, 830), (470, 900)], shade(colour, -0.3), 14)


def book(c: Canvas, colour: str) -> None:
    c.shadow((200, 790, 830, 870))
    for n, tone in enumerate((shade(colour, -0.25), mix(colour, "#d9b26a", 0.5), colour)):
        y, x = 720 - n * 112, 210 + n * 26
        c.rect((x + 16, y + 12, x + 560, y + 98), CREAM, 6)
        for m in range(4):
            c.line([(x + 30, y + 30 + m * 17), (x + 548, y + 30 + m * 17)], shade(CREAM, -0.12), 3)
        c.solid(
            lambda k, x=x, y=y: (
                k.rect((x, y, x + 570, y + 18), "", 8),
                k.rect((x, y + 92, x + 570, y + 110), "", 8),
                k.rect((x, y, x + 60, y + 110), "", 16),
            ),
            tone,
            dark=0.12,
        )
    c.poly([(640, 490), (700, 490), (700, 640), (670, 612), (640, 640)], "#b5475a")


def calendar(c: Canvas, colour: str) -> None:
    c.shadow((250, 840, 760, 900))
    c.rect((260, 200, 740, 850), CREAM, 16)
    c.solid(lambda k: k.rect((260, 200, 740, 480), "", 16), colour, dark=0.08)
    c.ellipse((560, 250, 660, 350), "#f3d79b")
    c.within(
        lambda k: k.rect((260, 200, 740, 480), "", 16),
        lambda k: (
            k.poly([(200, 500), (380, 320), (520, 500)], shade(colour, -0.3)),
            k.poly([(400, 500), (590, 370), (800, 500)], shade(colour, -0.18)),
        ),
    )
    for row in range(5):
        for column in range(7):
            x, y = 310 + column * 60, 540 + row * 58
            c.ellipse((x, y, x + 22, y + 22), colour if (row * 7 + column) % 9 == 4 else shade(CREAM, -0.25))
    for n in range(12):
        c.line([(290 + n * 38, 180), (290 + n * 38, 222)], INK, 9)


def cards(c: Canvas, colour: str) -> None:
    c.shadow((220, 790, 800, 870))
    c.rect((240, 330, 640, 830), mix(colour, CREAM, 0.4), 12)
    c.poly([(240, 340), (640, 340), (440, 580)], mix(colour, CREAM, 0.2))
    c.rect((380, 220, 770, 760), "#fffaf1", 14)
    for x, y, r, tone in (
        (520, 420, 60, colour),
        (620, 380, 46, "#d9b26a"),
        (640, 480, 54, shade(colour, 0.4)),
        (540, 520, 38, "#c97b5a"),
    ):
        c.line([(x, y), (575, 640)], "#6f7f5a", 8)
        for dx, dy in ((-0.6, 0), (0.6, 0), (0, -0.6), (0, 0.6)):
            c.ellipse((x + dx * r - r * 0.5, y + dy * r - r * 0.5, x + dx * r + r * 0.5, y + dy * r + r * 0.5), tone)
        c.ellipse((x - r * 0.3, y - r * 0.3, x + r * 0.3, y + r * 0.3), CREAM)
    c.line([(470, 690), (680, 690)], INK, 7)


def folder(c: Canvas, colour: str) -> None:
    c.shadow((210, 790, 800, 870))
    c.solid(
        lambda k: (k.rect((220, 300, 780, 830), "", 26), k.rect((220, 250, 470, 400), "", 26)),
        shade(colour, -0.2),
        dark=0.08,
    )
    c.rect((270, 280, 740, 700), "#fffaf1", 8)
    c.line([(320, 340), (640, 340)], shade(CREAM, -0.25), 9)
    c.solid(lambda k: k.rect((220, 390, 780, 830), "", 26), colour, dark=0.1)
    c.rect((410, 520, 590, 600), CREAM, 10)
    c.rect((690, 388, 712, 832), shade(colour, -0.45))


def pen(c: Canvas, colour: str) -> None:
    c.shadow((170, 740, 850, 810))
    c.solid(lambda k: k.poly([(640, 690), (690, 640), (810, 780), (796, 792)], ""), BRASS)
    c.poly([(756, 744), (772, 728), (826, 800), (822, 806)], INK)
    c.line([(210, 220), (650, 655)], colour, 78)
    c.line([(196, 232), (630, 664)], mix(colour, CREAM, 0.35), 14)
    c.line([(420, 428), (440, 448)], BRASS, 84)
    c.line([(220, 190), (400, 366)], BRASS, 20)


def pencils(c: Canvas, colour: str) -> None:
    c.shadow((220, 820, 800, 880))
    tones = (colour, "#d9b26a", mix(colour, CREAM, 0.45), "#c97b5a", shade(colour, -0.3))
    for n, tone in enumerate(tones):
        x, top = 270 + n * 100, 230 + (n * 37) % 90
        c.solid(lambda k, x=x, top=top: k.rect((x, top + 100, x + 66, 840), "", 6), tone)
        c.poly([(x, top + 102), (x + 66, top + 102), (x + 33, top)], "#e6cfa6")
        c.poly([(x + 22, top + 34), (x + 44, top + 34), (x + 33, top)], shade(tone, -0.2))
    c.rect((250, 600, 760, 700), CREAM, 8)
    c.line([(420, 650), (590, 650)], INK, 8)


def stamp(c: Canvas, colour: str) -> None:
    c.shadow((270, 760, 780, 840))
    c.solid(lambda k: k.rect((300, 690, 700, 790), "", 20), INK)
    c.rect((322, 660, 678, 702), colour, 12)
    c.solid(lambda k: k.rect((360, 520, 640, 620), "", 24), WOOD)
    c.solid(
        lambda k: (k.ellipse((410, 240, 590, 420), ""), k.poly([(450, 380), (550, 380), (600, 540), (400, 540)], "")),
        WOOD,
    )
    c.rect((360, 596, 640, 622), shade(WOOD, -0.4), 8)


def tape(c: Canvas, colour: str) -> None:
    c.shadow((200, 770, 820, 850))
    for x, y, r, tone in (
        (370, 600, 190, colour),
        (650, 640, 150, mix(colour, "#d9b26a", 0.6)),
        (520, 380, 140, mix(colour, CREAM, 0.5)),
    ):
        c.solid(lambda k, x=x, y=y, r=r: k.ellipse((x - r, y - r, x + r, y + r), ""), tone)
        c.ellipse((x - r * 0.66, y - r * 0.66, x + r * 0.66, y + r * 0.66), "#d8b98a")
        c.ellipse((x - r * 0.56, y - r * 0.56, x + r * 0.56, y + r * 0.56), "#efe6da")


def wrap(c: Canvas, colour: str) -> None:
    c.shadow((220, 800, 800, 880))

    def body(k: Canvas) -> object:
        return k.rect((250, 430, 750, 850), "", 14)

    c.solid(body, colour, dark=0.14)

    def dots(k: Canvas) -> None:
        for row in range(5):
            for column in range(6):
                x, y = 290 + column * 86 + (row % 2) * 40, 470 + row * 82
                k.ellipse((x - 14, y - 14, x + 14, y + 14), mix(colour, CREAM, 0.6))

    c.within(body, dots)
    c.rect((470, 430, 530, 850), CREAM)
    c.solid(lambda k: k.ellipse((330, 310, 500, 440), ""), CREAM)
    c.solid(lambda k: k.ellipse((500, 310, 670, 440), ""), CREAM)
    c.ellipse((376, 348, 476, 418), shade(CREAM, -0.2))
    c.ellipse((524, 348, 624, 418), shade(CREAM, -0.2))
    c.rect((464, 376, 536, 446), shade(CREAM, -0.08), 18)
