"""PayPal's API: a token that is fetched when one is needed, and a key with each call that moves money."""

from __future__ import annotations

import threading
import time
from typing import Any

from tradepost.gateways.http import Client, Timeout
from tradepost.gateways.responses import Json
from tradepost.gateways.secret import Secret
from tradepost.payments.interface import OutcomeUnknown, Rejected

__all__ = ["PayPalClient"]

# Of a refusal that says nothing of what the first call did, although PayPal may not list it yet.
_MADE_BEFORE = frozenset({"DUPLICATE_INVOICE_ID", "DUPLICATE_REQUEST_ID"})
_SPARE = 60  # seconds before its end that a token isn't used any more


class PayPalClient:
    """One account's API. Called from many threads.

    Args:
        client_id: Of the app in PayPal's dashboard.
        client_secret: Its secret.
        base_url: Live or sandbox.
        timeout: Seconds to connect, and to read.
    """

    def __init__(self, client_id: str, client_secret: str, base_url: str, timeout: Timeout) -> None:
        self._app = (client_id, client_secret)
        self._http = Client(base_url, provider="PayPal", read_error=_error, timeout=timeout, secrets=[client_secret])
        self._lock = threading.Lock()
        self._token = Secret()
        self._good_until = 0.0  # seconds

    def call(self, method: str, path: str, *, key: str = "", **request: Any) -> Json:
        """Send, with a token; once more where it has become invalid, since then nothing happened.

        Args:
            method: Of HTTP.
            path: With a leading slash.
            key: PayPal gives the same answer to the same key.
            **request: As :meth:`tradepost.gateways.http.Client.exchange` takes it.

        Raises:
            Rejected: PayPal refused, with its ``issue`` as the code; nothing happened.
            OutcomeUnknown: No answer, or none that can be read.
            Misconfigured: The keys, or what the app may do.
        """
        headers = {"Prefer": "return=representation", **({"PayPal-Request-Id": key} if key else {})}
        token = self._bearer()
        answer = self._http.exchange(method, path, auth=token, headers=headers, **request)
        if answer.status == 401:
            answer = self._http.exchange(method, path, auth=self._bearer(not_this=token), headers=headers, **request)
        return self._http.checked(answer)

    def get(self, path: str) -> Json:
        """Ask; see :meth:`call`."""
        return self.call("GET", path)

    def move(self, path: str, key: str, payload: Json) -> Json:
        """Ask for money to be moved; see :meth:`call`."""
        try:
            return self.call("POST", path, key=key, payload=payload)
        except Rejected as error:
            if error.code in _MADE_BEFORE:
                raise OutcomeUnknown(str(error)) from None
            raise

    def _bearer(self, *, not_this: str = "") -> Secret:
        with self._lock:
            if not self._token or self._token == not_this or time.monotonic() > self._good_until:
                form = {"grant_type": "client_credentials"}
                given = self._http.call("POST", "/v1/oauth2/token", auth=self._app, form=form)
                self._good_until = time.monotonic() + int(given["expires_in"]) - _SPARE
                self._token = Secret(given["access_token"])
            return self._token


def _error(data: Json) -> tuple[str, str] | None:
    if "name" not in data:  # of the token
        return (str(data["error"]), str(data.get("error_description", ""))) if "error" in data else None
    first = (data.get("details") or [{}])[0]
    code, text = first.get("issue") or data["name"], first.get("description") or data.get("message", "")
    return str(code), f"{text} (debug id {data.get('debug_id', '')})"
