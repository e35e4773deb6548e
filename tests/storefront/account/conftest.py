"""Customers with accounts, and what they are mailed."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from tests.accounts.people import PASSWORD, account
from tradepost.testing import deliver_events

from ..conftest import Visitor


def mails() -> list[EmailMessage]:
    """The mails since the last call."""
    deliver_events()
    sent, mail.outbox[:] = list(mail.outbox), []
    return sent


def path_in(message: EmailMessage) -> str:
    """Where the link of a mail leads in the shop."""
    [path] = re.findall(r"http://127\.0\.0\.1:8000(/\S+)", str(message.body))
    return str(path)


@pytest.fixture
def anna(shop: None) -> Visitor:
    """A customer with an account, signed in."""
    account("anna@example.com", name="Anna")
    mails()
    visitor = Visitor()
    visitor.post("/account/sign-in/", {"username": "anna@example.com", "password": PASSWORD})
    assert visitor.page.redirect_chain == [("/account/", 302)]
    return visitor
