"""Wrong settings of the catalogue are told at the start, with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import features

from tradepost.catalogue.checks import check_catalogue


@pytest.mark.parametrize(
    ("wrong", "code", "text"),
    [
        ({"IMAGE_MAX_BYTE": 1}, "tradepost.E145", 'has no key "IMAGE_MAX_BYTE". Did you mean "IMAGE_MAX_BYTES"?'),
        (
            {"IMAGE_MAX_BYTES": 0},
            "tradepost.E145",
            'TRADEPOST_CATALOGUE["IMAGE_MAX_BYTES"] must be more than 0, not 0.',
        ),
        ({"IMAGE_MAX_PIXELS": "many"}, "tradepost.E145", "must be int, not str."),
        ({"IMAGE_FORMATS": "png"}, "tradepost.E145", "must be tuple, not str."),
        ({"IMAGE_FORMATS": ("png", "svg")}, "tradepost.E146", "must be some of ('jpeg', 'png', 'webp', 'gif', 'avif')"),
        ({"IMAGE_FORMATS": ()}, "tradepost.E146", "must be some of"),
        ({"IMAGE_FORMATS": (["png"],)}, "tradepost.E146", "must be some of"),
    ],
)
def test_a_wrong_setting_is_told(settings: Any, wrong: dict[str, Any], code: str, text: str) -> None:
    """With its id and a line to paste."""
    settings.TRADEPOST_CATALOGUE = wrong

    [message] = check_catalogue()

    assert message.id == code
    assert text in message.msg
    assert "TRADEPOST_CATALOGUE" in f"{message.hint} {message.msg}"


def test_a_format_that_pillow_cannot_read_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds of it lack one."""
    settings.TRADEPOST_CATALOGUE = {"IMAGE_FORMATS": ("png", "webp")}
    assert check_catalogue() == []

    monkeypatch.setattr(features, "get_supported", lambda: ["zlib"])

    [message] = check_catalogue()
    assert message.id == "tradepost.E146"
    assert message.msg == "TRADEPOST_CATALOGUE[\"IMAGE_FORMATS\"] has 'webp', which this Pillow can't read."
