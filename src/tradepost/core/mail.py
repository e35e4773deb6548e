"""Mail by templates: ``tradepost/mail/<name>.subject.txt``, ``.txt`` and ``.html``."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from .shop_settings import shop

__all__ = ["MailBackend", "mail_backend", "send"]


class MailBackend(NamedTuple):
    """The class that mail is sent by.

    Attributes:
        hint: The line by which a project names another one.
    """

    path: str
    hint: str


def mail_backend() -> MailBackend:
    """The class that mail is sent by: from Django 6.1 on of a mailer, else of a setting."""
    mailers = getattr(settings, "MAILERS", None)
    if mailers is not None:
        hint = 'MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}'
        return MailBackend(str(mailers.get("default", {}).get("BACKEND", "")), hint)
    with warnings.catch_warnings(action="ignore"):  # Django 6.1 tells whoever reads the setting that it will go
        return MailBackend(settings.EMAIL_BACKEND, 'EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"')


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
