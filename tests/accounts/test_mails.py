"""Mail about accounts, as its readers see it."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.template.loader import get_template

import tradepost.core
from tradepost.core.dates import clock
from tradepost.core.mail import send

FOLDER = Path(tradepost.core.__file__).parent / "templates" / "tradepost" / "mail"
NAMES = sorted(path.name.removesuffix(".subject.txt") for path in FOLDER.glob("account_*.subject.txt"))
LINK = "http://127.0.0.1:8000/account/page/?token=secret"
ADDRESS = "o'neil&co@example.com"
WITH_LINK = {
    "account_change_email": "Use this address",
    "account_email_changed": "This wasn’t me",
    "account_exists": "Choose a new password",
    "account_register": "Choose a password",
    "account_reset": "Choose a new password",
    "account_unknown": "Create an account",
}


def sent(name: str, **more: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail."""
    now = clock.now()
    context = {"address": ADDRESS, "link": LINK, "now": now, "expires": now + timedelta(hours=1), **more}
    send(name, to=ADDRESS, context=context)
    message: Any = mail.outbox.pop()
    [(page, kind)] = message.alternatives
    assert kind == "text/html"
    return message.subject, message.body, page


def words(page: str) -> str:
    """The text of a page of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.partition("<body")[2].partition(">")[2])).split())


def test_all_mails_are_looked_at() -> None:
    """And every one has its three parts."""
    assert len(NAMES) == 11
    for name in NAMES:
        for ending in (".subject.txt", ".txt", ".html"):
            get_template(f"tradepost/mail/{name}{ending}")


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_say_the_same(name: str) -> None:
    """Each paragraph of the text is in the HTML, nothing is escaped twice, and the address is a link once where there is one."""
    subject, text, page = sent(name)

    assert subject.startswith("Tradepost: ")
    assert subject[11:12].islower()
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    for paragraph in paragraphs:
        shown = (
            paragraph.strip().removesuffix(LINK).strip().removesuffix(":") if LINK in paragraph else paragraph.strip()
        )
        assert " ".join(shown.split()) in words(page), paragraph
    label = WITH_LINK.get(name)
    assert (text.count(LINK), page.count(f'href="{LINK}"')) == ((1, 1) if label else (0, 0))
    assert label is None or label in words(page)
    assert "'" not in text.replace(ADDRESS, "")
    assert "&amp;amp;" not in page


def test_a_mail_with_a_link_as_a_whole() -> None:
    """How long it works is told in words."""
    assert sent("account_reset")[:2] == (
        "Tradepost: choose a new password",
        "Choose a new password\n\n"
        "You asked for a new password for your account with o'neil&co@example.com.\n\n"
        f"Choose a new password:\n{LINK}\n\n"
        "The link works once, within 1\xa0hour. If you didn’t ask for it, you can ignore this message: "
        "your password stays as it is.\n\nTradepost\n",
    )


def test_a_mail_without_a_link_as_a_whole() -> None:
    """It says what happened, and what to do if it shouldn't have."""
    assert sent("account_password_changed")[:2] == (
        "Tradepost: your password was changed",
        "Your password was changed\n\n"
        "The password of your account with o'neil&co@example.com was changed, and all other devices were signed out.\n\n"
        "If it wasn’t you, ask for a new password at http://127.0.0.1:8000 right away.\n\nTradepost\n",
    )
