"""E-mail addresses as mail is delivered, and the key by which two of them are the same mailbox.

Mail servers compare domains without case, and Django writes them in ASCII by IDNA 2003 before it sends: what is typed as
``a@straße.de`` goes to ``a@strasse.de``, and full-width letters become plain ones. So an address whose domain can be read in two
ways is refused, and the key is made of what mail is really sent to. Dots and ``+`` in the local part are left as they are: only
the provider knows what they mean.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from ..errors import InvalidEmail

__all__ = ["Email", "email_key", "read_email"]

_LONGEST = 254
_LONGEST_LOCAL = 64
_DOT = "\u3002"  # the ideographic full stop, at which IDNA parts labels, though it is no dot


class Email(NamedTuple):
    """One mailbox.

    Attributes:
        address: To send to: the local part as it was typed, the domain in ASCII and small letters.
        key: To compare and to store as unique: all of it in small letters. ASCII, at most 254 long.
    """

    address: str
    key: str


def email_key(text: str) -> str:
    """The key of an address's mailbox.

    Raises:
        InvalidEmail: As from :func:`read_email`.
    """
    return read_email(text).key


def read_email(text: str, *, attr: str = "email") -> Email:
    """Read an address that a person typed; spaces around it don't count.

    Args:
        attr: The field, for the refusal.

    Raises:
        InvalidEmail: It is no address, too long, or its domain can be read in two ways; ``context["reason"]`` says which
            (``form``, ``length``, ``domain``).
    """
    text = text.strip()
    local, _at, domain = text.rpartition("@")
    try:
        validate_email(text)
    except ValidationError:
        raise _refused("form", attr) from None
    # Not left to Django's pattern: letters beyond ASCII may fold into others, and the key be that of somebody else's mailbox.
    if not local.isascii() or local.startswith('"') or domain.startswith("["):
        raise _refused("form", attr)
    ascii_domain = _delivered(domain)
    if ascii_domain is None:
        raise _refused("domain", attr)
    address = f"{local}@{ascii_domain}"
    if len(address) > _LONGEST or len(local) > _LONGEST_LOCAL:
        raise _refused("length", attr)
    return Email(address, address.casefold())


def _delivered(domain: str) -> str | None:
    """The domain in ASCII as mail is sent to it; ``None`` where IDNA 2003 and 2008 differ, or either refuses it."""
    small = domain.lower()
    if domain.isascii() and "xn--" not in small:
        return small
    if unicodedata.normalize("NFKC", small) != small or _DOT in small:
        return None
    try:
        as_named = idna.encode(small).decode("ascii")
        as_sent = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:  # IDNAError is one
        return None
    return as_named if as_named == as_sent else None


def _refused(reason: str, attr: str) -> InvalidEmail:
    messages = {
        "form": _("Enter a valid e-mail address."),
        "length": _("This e-mail address is too long."),
        "domain": _("The part after the @ can be read in two ways. Please use another address."),
    }
    return InvalidEmail(messages[reason], attr=attr, reason=reason)
