"""What customers say in a payment method's own form, looked at before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import conf
from .errors import InputInvalid

__all__ = ["check_fields", "wrong_fields"]


def wrong_fields(method: str, client_input: Mapping[str, Any], *, phone: str = "") -> Mapping[str, str]:
    """What is wrong, by field, in sentences for people; empty where all is well.

    Raises:
        MethodUnknown: No such method.
    """
    return conf.gateway(method).wrong_input(client_input, phone=phone)


def check_fields(method: str, client_input: Mapping[str, Any], *, phone: str = "") -> None:
    """Refuse what is wrong.

    Args:
        method: Alias of a gateway.
        client_input: Untrusted.
        phone: The order's, where it is known.

    Raises:
        MethodUnknown: No such method.
        InputInvalid: A field is wrong; the first one is named.
    """
    for name, sentence in wrong_fields(method, client_input, phone=phone).items():
        raise InputInvalid(sentence, attr=f"client_input.{name}", method=method)
