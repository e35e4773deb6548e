"""The session that Razorpay's SDK sends with: time-outs, and errors by what they mean for money.

The SDK itself has no time-out, tells errors apart by their text alone, and prints to standard output when the network fails.
Here each answer is judged before the SDK sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tradepost.gateways.http import Timeout, tell
from tradepost.gateways.responses import Json, loads
from tradepost.payments.interface import (
    Misconfigured,
    OutcomeUnknown,
    Rejected,
)

__all__ = ["RazorpaySession", "asking", "pages"]


_NOT_A_REFUSAL = frozenset({408, 409, 425, 429})
_WRONG_KEYS = frozenset({401, 403, 404})  # a path of the SDK that isn't there: the address is wrong
_MESSAGE = 300
_PAGE = 100


class RazorpaySession(requests.Session):
    """Sends once.

    Args:
        timeout: Seconds to connect, and to read.
        problem: Why nothing can be sent; empty where it can.
    """

    def __init__(self, timeout: Timeout, *, problem: str = "") -> None:
        super().__init__()
        self._problem = problem
        self._timeout = (timeout[0], timeout[1])
        self.hooks["response"].append(tell)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send, and give a good answer.

        Raises:
            Rejected: Razorpay refused; nothing happened.
            OutcomeUnknown: No answer, or none that can be read.
            Misconfigured: The keys or the address are wrong.
        """
        if self._problem:
            raise Misconfigured(self._problem)
        kwargs.update(timeout=self._timeout, allow_redirects=False)
        try:
            response = super().request(method, url, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - its frames hold the request with its keys, so it isn't chained
            raise OutcomeUnknown(f"Razorpay gave no answer: {type(error).__name__}.") from None
        _check(response)
        return response


def _check(response: requests.Response) -> None:
    status = response.status_code
    try:
        data = loads(response.content)
    except ValueError:
        problem = f"Razorpay (HTTP {status}) didn't answer with JSON."
        raise (Misconfigured if status in (401, 403) else OutcomeUnknown)(problem) from None
    if 200 <= status < 300:
        return
    code, reason, text = _error(data)
    problem = f"Razorpay (HTTP {status}) {code} {reason}: {text}"[:_MESSAGE]
    if status in _WRONG_KEYS:
        raise Misconfigured(problem)
    refused = code == "BAD_REQUEST_ERROR" and status not in _NOT_A_REFUSAL
    if 400 <= status < 500 and refused:
        raise Rejected(reason or code.lower(), problem)
    raise OutcomeUnknown(problem)


def _error(data: Json) -> tuple[str, str, str]:
    error = data.get("error")
    if not isinstance(error, dict):
        return "", "", ""
    reason = str(error.get("reason") or "")
    return str(error.get("code", "")), "" if reason == "NA" else reason, str(error.get("description", ""))


def pages(call: Callable[[Json], Json], **params: int) -> Iterator[Json]:
    """All items of a list that Razorpay gives in parts."""
    skip = 0
    while True:
        items = call({**params, "count": _PAGE, "skip": skip})["items"]
        yield from items
        if len(items) < _PAGE:
            return
        skip += _PAGE


@contextmanager
def asking() -> Iterator[None]:
    """Razorpay deletes nothing: an id that it doesn't know was made with other keys, or in another mode."""
    try:
        yield
    except Rejected as error:
        raise Misconfigured(str(error)) from None
