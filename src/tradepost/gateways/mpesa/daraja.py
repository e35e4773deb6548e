"""Safaricom's API: tokens, the password of each call, and its errors by what they mean."""

from __future__ import annotations

import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta, timezone

from tradepost.core.dates import clock
from tradepost.gateways.http import Answer, Client, Timeout
from tradepost.gateways.responses import Json, reading
from tradepost.gateways.secret import Secret
from tradepost.payments.interface import Misconfigured, Rejected

__all__ = ["Daraja", "is_unfinished"]

_NAIROBI = timezone(timedelta(hours=3))  # without summer time
_STALE = "404.001.03"  # of a token
# One code for a phone that is asked already, for a wrong passkey, and for a push that is still under way. Whichever it is, the
# call did nothing: what it means for money is read from the code and the call alone.
_AMBIGUOUS = "500.001.1001"
_SPARE = 120  # seconds before a token's end in which it isn't used any more


class Daraja:
    """Calls for one shortcode, with a token that is kept for its hour.

    Args:
        base_url: Safaricom's own, or its sandbox.
        credentials: Key and secret of the app.
        shortcode: Whose password is made.
        passkey: What it is made with.
        timeout: Seconds to connect, and to read.
        secrets: More that no message may repeat.
    """

    def __init__(
        self,
        base_url: str,
        *,
        credentials: tuple[str, str],
        shortcode: str,
        passkey: str,
        timeout: Timeout,
        secrets: Sequence[str],
    ) -> None:
        self._credentials, self._shortcode, self._passkey = credentials, shortcode, passkey
        hidden = (*credentials, passkey, *secrets)
        self._http = Client(base_url, provider="M-Pesa", read_error=_read_error, timeout=timeout, secrets=hidden)
        self._lock, self._token, self._until = threading.Lock(), Secret(), 0.0  # seconds

    def token(self, *, other_than: str = "") -> Secret:
        """A token, of before or new.

        Args:
            other_than: One that was refused.

        Raises:
            Misconfigured: Key or secret are wrong.
            OutcomeUnknown: No answer; a token moves no money.
        """
        with self._lock:
            if self._token == other_than or time.monotonic() >= self._until:
                grant = {"grant_type": "client_credentials"}
                try:
                    grant_answer = self._http.call("GET", "/oauth/v1/generate", auth=self._credentials, query=grant)
                except Rejected as refusal:
                    raise Misconfigured(str(refusal)) from None
                with reading("M-Pesa"):
                    self._token = Secret(grant_answer["access_token"])
                    self._until = time.monotonic() + int(grant_answer["expires_in"]) - _SPARE
            return self._token

    def exchange(self, path: str, payload: Json) -> Answer:
        """Sign a call and send it; once more with another token, where the first wasn't let in.

        Raises:
            OutcomeUnknown: No answer that can be read.
            Misconfigured: No token is let in.
        """
        stamp = clock.now().astimezone(_NAIROBI).strftime("%Y%m%d%H%M%S")
        password = Secret(b64encode(f"{self._shortcode}{self._passkey}{stamp}".encode()).decode())
        signed = {"BusinessShortCode": self._shortcode, "Password": password, "Timestamp": stamp, **payload}
        token = self.token()
        answer = self._http.exchange("POST", path, auth=token, payload=signed)
        if _is_shut_out(answer):
            answer = self._http.exchange("POST", path, auth=self.token(other_than=token), payload=signed)
        if _is_shut_out(answer) or (is_unfinished(answer) and _names_credentials(answer)):
            raise Misconfigured(self._http.redacted(f"M-Pesa: {answer.data.get('errorMessage')}"))
        return answer

    def checked(self, answer: Answer) -> Json:
        """The JSON of a good answer; see :meth:`tradepost.gateways.http.Client.call` for what is raised."""
        return self._http.checked(answer)


def is_unfinished(answer: Answer) -> bool:
    """Whether nothing was done, although it is an error of M-Pesa's own (500).

    Of a push: the phone is asked for another payment just now. Of a question: the customer hasn't answered yet.
    """
    return answer.data.get("errorCode") == _AMBIGUOUS


def _is_shut_out(answer: Answer) -> bool:
    return answer.status == 401 or answer.data.get("errorCode") == _STALE


def _names_credentials(answer: Answer) -> bool:
    """Whether staff should look at the passkey. Nothing else hangs on M-Pesa's words."""
    return "credentials" in str(answer.data.get("errorMessage")).lower()


def _read_error(data: Json) -> tuple[str, str] | None:
    return str(data["errorCode"]), str(data["errorMessage"])
