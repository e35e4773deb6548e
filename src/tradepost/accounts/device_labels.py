"""Names of devices for the list of sessions, read from what a browser says of itself."""

from __future__ import annotations

__all__ = ["device_label"]

_LONGEST = 100
# The first that is named counts: every browser names others beside itself, and every system an older one.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_label(user_agent: str) -> str:
    """A name such as “Firefox, Windows”; for what is no browser its own first word, at most 100 characters.

    It is for people only: a caller says of itself whatever it likes.
    """
    text = "".join(char for char in user_agent if char.isprintable()).strip()
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in text), "")
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    if browser or system:
        return ", ".join(filter(None, (browser, system)))
    return text.split(" ")[0][:_LONGEST]
