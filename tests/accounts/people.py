"""People with accounts, made as they are in a shop: by a link in a mail. For any user model."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage

from tradepost.accounts import services
from tradepost.accounts.users.model_users import has_field
from tradepost.testing import deliver_events

PASSWORD = "quiet-harbour-7"


def can_deactivate() -> bool:
    """Whether the user model of the project has a place for it."""
    return has_field("is_active")


def mailed() -> list[EmailMessage]:
    """The mails since the last call, once all durable events are delivered."""
    deliver_events()
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def secret_in(message: EmailMessage, page: str) -> str:
    """The secret of the link to a page."""
    links = re.findall(rf"http://127\.0\.0\.1:8000/account/{page}/\?token=([\w-]{{43}})\s", message.body)
    assert len(links) == 1, message.body
    return links[0]


def token_for(email: str, page: str = "register") -> str:
    """Ask for a link to a page, and read the mail."""
    request = {"register": services.request_registration, "reset": services.request_password_reset}[page]
    request(email)
    (message,) = mailed()
    return secret_in(message, page)


def account(email: str = "anna@example.com", password: str = PASSWORD, **values: Any) -> Any:
    """The user of a new account."""
    return services.confirm_registration(token_for(email), password, **values)
