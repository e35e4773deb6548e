"""System checks of the commands."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from tradepost.core.conf import check_backend, check_settings
from tradepost.core.extending.port_checks import port_of

from . import conf

__all__ = ["check_console"]


@register("tradepost")
def check_console(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_CONSOLE``, and each format in it against its port."""
    messages = check_settings("TRADEPOST_CONSOLE", conf.ConsoleSettings, "tradepost.E900")
    if messages:
        return messages
    port = port_of(conf.ConsoleSettings, "FORMATS")
    for name, entry in conf.settings().FORMATS.items():
        messages += check_backend(f'TRADEPOST_CONSOLE["FORMATS"]["{name}"]', entry, "tradepost.E901", port)
    return messages
