"""Mail by templates: ``tradepost/mail/<name>.subject.txt``, ``.txt`` and ``.html``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from .shop_settings import shop

__all__ = ["send"]


def send(name: str, *, to: str, context: Mapping[str, Any], language: str = "") -> None:
    """Render and send one message, as text with an HTML alternative.

    Args:
        name: Of the templates, as in ``"order_confirmed"``.
        to: The recipient's address.
        context: For the templates; ``shop`` (the settings) is added.
        language: Code of the language to write in; the present one where empty.

    Raises:
        OSError: The mail server can't be reached. Call it from a durable handler, which is tried again.
    """
    values = {"shop": shop(), **context}
    with translation.override(language or translation.get_language()):
        subject = " ".join(render_to_string(f"tradepost/mail/{name}.subject.txt", values).split())
        text = render_to_string(f"tradepost/mail/{name}.txt", values)
        html = render_to_string(f"tradepost/mail/{name}.html", values)
    message = EmailMultiAlternatives(subject, text, shop().EMAIL_FROM or None, [to])
    message.attach_alternative(html, "text/html")
    message.send()
