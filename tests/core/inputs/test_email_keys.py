"""Keys of mailboxes: two addresses have one key where mail to them arrives at one place, and doubtful ones have none."""

from __future__ import annotations

import pytest
from django.core.mail.message import sanitize_address

from tradepost.core.errors import InvalidEmail
from tradepost.core.inputs.email_keys import email_key, read_email

SAME = [
    ("anna@example.com", "anna@example.com", "anna@example.com"),
    (" Anna@Example.COM ", "Anna@example.com", "anna@example.com"),
    ("a.n.n.a+shop@example.com", "a.n.n.a+shop@example.com", "a.n.n.a+shop@example.com"),
    ("ANNA@MÜNCHEN.de", "ANNA@xn--mnchen-3ya.de", "anna@xn--mnchen-3ya.de"),
    ("anna@xn--mnchen-3ya.de", "anna@xn--mnchen-3ya.de", "anna@xn--mnchen-3ya.de"),
    ("anna@XN--MNCHEN-3YA.de", "anna@xn--mnchen-3ya.de", "anna@xn--mnchen-3ya.de"),
    ("anna@例え.jp", "anna@xn--r8jz45g.jp", "anna@xn--r8jz45g.jp"),
    # The name of 2008, typed in ASCII, is sent as it stands; only its letters are doubtful.
    ("anna@xn--strae-oqa.de", "anna@xn--strae-oqa.de", "anna@xn--strae-oqa.de"),
    ("o'neil@example.com", "o'neil@example.com", "o'neil@example.com"),
    ("me@localhost", "me@localhost", "me@localhost"),
]
REFUSED = [
    ("", "form"),
    ("anna", "form"),
    ("anna@", "form"),
    ("@example.com", "form"),
    ("anna@@example.com", "form"),
    ("anna@example", "form"),
    ("anna@example.com.", "form"),
    ("an na@example.com", "form"),
    ("anna@exa\x00mple.com", "form"),
    ("anna\x00@example.com", "form"),
    ("anna@example.com\nBcc: eve@example.com", "form"),
    ("ännchen@example.com", "form"),
    ("ﬁona@example.com", "form"),
    ('"anna"@example.com', "form"),
    ("anna@[127.0.0.1]", "form"),
    ("anna@straße.de", "domain"),
    ("anna@faß.de", "domain"),
    ("anna@ＧＭＡＩＬ.com", "domain"),
    ("anna@gmaiⅼ.com", "domain"),
    ("anna@βόλος.com", "domain"),
    ("anna@exam\u200dple.com", "domain"),
    ("anna@xn--a.de", "domain"),
    ("anna@xn--strasse-.de", "form"),
    ("a" * 65 + "@example.com", "length"),
    ("anna@" + ".".join(["b" * 60] * 4) + ".example.com", "length"),
    ("a" * 400 + "@example.com", "form"),
]


@pytest.mark.parametrize(("text", "address", "key"), SAME)
def test_an_address_has_the_key_of_where_its_mail_goes(text: str, address: str, key: str) -> None:
    """Small letters, and the domain as Django writes it when it sends."""
    email = read_email(text)

    assert (email.address, email.key) == (address, key)
    assert sanitize_address(text.strip(), "utf-8").lower() == key
    assert email_key(email.address) == email_key(email.key) == key


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_a_doubtful_address_is_refused(text: str, reason: str) -> None:
    """With the field and what is wrong."""
    with pytest.raises(InvalidEmail) as refusal:
        read_email(text, attr="new_email")

    assert refusal.value.context == {"attr": "new_email", "reason": reason}
    assert refusal.value.code == "invalid_email"


def test_letters_beyond_ascii_are_refused_whatever_django_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its pattern isn't what keeps two mailboxes apart."""
    monkeypatch.setattr("tradepost.core.inputs.email_keys.validate_email", lambda text: None)

    assert read_email("anna@example.com").key == "anna@example.com"
    with pytest.raises(InvalidEmail) as refusal:
        read_email("ännchen@example.com")
    assert refusal.value.context["reason"] == "form"


def test_django_delivers_doubtful_domains_elsewhere() -> None:
    """A control: without the refusal these would be mailed to somebody else."""
    assert sanitize_address("anna@straße.de", "utf-8") == "anna@strasse.de"
    assert sanitize_address("anna@ＧＭＡＩＬ.com", "utf-8") == "anna@gmail.com"
