"""Errors that the library raises on purpose.

Each app has a branch of its own in its ``errors.py``::

    TradepostError
    ├── Invalid             what was asked for can't be right
    │   └── InvalidEmail
    ├── NotFound            there is no such thing, or not for this caller
    ├── Conflict            right in itself, but not in the present state
    │   ├── AlreadyDone
    │   ├── AlreadyTaken
    │   ├── IdempotencyKeyReused
    │   ├── InUse
    │   └── TransitionRefused
    ├── Unauthenticated     who calls can't be told, or may not come in
    ├── TooManyRequests     right, but too often
    └── Misused             a mistake of the programmer
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "AlreadyDone",
    "AlreadyTaken",
    "Conflict",
    "IdempotencyKeyReused",
    "InUse",
    "Invalid",
    "InvalidEmail",
    "Misused",
    "NotFound",
    "TooManyRequests",
    "TradepostError",
    "TransitionRefused",
    "Unauthenticated",
]


class TradepostError(Exception):
    """Root of every error this library raises on purpose.

    Attributes:
        code: Stable and for machines; part of the public interface.
        context: The facts (which line, how many are left), JSON-serialisable.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: Any, **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.context = context

    def __str__(self) -> str:
        return str(self.message)


class Invalid(TradepostError):
    """The input can't be right, whatever the state (API: 400).

    ``context["attr"]`` names the field where there is one.
    """

    code = "invalid"


class InvalidEmail(Invalid):
    """No e-mail address that mail can be sent to without doubt. ``context["reason"]``: ``form``, ``length`` or ``domain``."""

    code = "invalid_email"


class NotFound(TradepostError):
    """There is no such thing, or not for this caller (API: 404)."""

    code = "not_found"


class Conflict(TradepostError):
    """Right in itself, but not in the present state (API: 409)."""

    code = "conflict"


class TransitionRefused(Conflict):
    """A state doesn't allow the transition now. ``context["refusals"]`` lists code and reason of each guard."""

    code = "transition_refused"


class AlreadyDone(Conflict):
    """The same form or call did this before, or is doing it. ``context["finished"]`` says whether it came to its end."""

    code = "already_done"


class AlreadyTaken(Conflict):
    """Another row with the same key was stored at the same moment; nothing was written."""

    code = "already_taken"


class InUse(Conflict):
    """Other rows need it, so it stays. ``context["by"]`` says what needs it, ``context["count"]`` how many there are."""

    code = "in_use"


class IdempotencyKeyReused(Conflict):
    """A key that stands for one piece of work was handed in with another."""

    code = "idempotency_key_reused"


class Unauthenticated(TradepostError):
    """Whatever was shown opens nothing: a password, a token or a key is wrong, or its time is over (API: 401)."""

    code = "unauthenticated"


class TooManyRequests(TradepostError):
    """Right in itself, but tried too often (API: 429). ``context["retry_after"]``: seconds after which to come again."""

    code = "throttled"


class Misused(TradepostError):
    """The library was called in a way that can't work; the message says how to mend it."""

    code = "misused"
