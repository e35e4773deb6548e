"""JSON over HTTPS to a payment provider, for the gateways that have no SDK: time-outs, errors by what they mean, nothing leaked.

A call is sent once: whether it may be repeated, and under which key, is known to the gateway and to the library alone.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from requests.exceptions import InvalidSchema, RequestException

from tradepost.payments.interface import (
    Misconfigured,
    OutcomeUnknown,
    Rejected,
    exchanges,
)

from .responses import Json, loads
from .secret import Secret

__all__ = [
    "Answer",
    "Client",
    "ErrorReader",
    "Timeout",
    "segment",
    "tell",
]

Timeout: TypeAlias = tuple[float, float]  # seconds to connect, and between two reads
ErrorReader: TypeAlias = Callable[[Json], tuple[str, str] | None]

_NOT_A_REFUSAL = frozenset({408, 409, 425, 429})  # 4xx after which a call may be running, or be wanted again
_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer, in JSON; numbers with a point in it are ``Decimal``."""

    status: int
    data: Json


class Client:
    """One provider's API. Called from many threads; keeps a connection for each.

    Args:
        base_url: Paths are put behind it; it may have a path of its own.
        provider: Its name, for messages.
        read_error: Code and message in an answer with an error; ``None`` (or an ``AttributeError``, ``LookupError``,
            ``TypeError``) where it isn't of the provider's shape: then something between us and the provider has
            answered, and the outcome isn't known.
        timeout: Seconds to connect, and to read.
        secrets: What no message may repeat.
    """

    def __init__(
        self,
        base_url: str,
        *,
        provider: str,
        read_error: ErrorReader,
        timeout: Timeout = (3, 15),
        secrets: Iterable[str] = (),
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.provider = provider
        self._read_error = read_error
        self._timeout = (timeout[0], timeout[1])
        self._secrets = tuple(filter(None, secrets))
        self._of_thread = threading.local()

    def __repr__(self) -> str:
        return f"<Client of {self.provider}>"

    def call(self, method: str, path: str, **request: Any) -> Json:
        """Send once, and give the JSON of a good answer.

        Args:
            method: Of HTTP.
            path: From the base on, with a leading slash; parts that aren't ours quoted by :func:`segment`.
            **request: As :meth:`exchange` takes it.

        Raises:
            Rejected: The provider refused, with its code; nothing happened.
            OutcomeUnknown: No answer, or none that can be read.
            Misconfigured: 401, 403, or a setting that can't be sent.
        """
        return self.checked(self.exchange(method, path, **request))

    def exchange(
        self,
        method: str,
        path: str,
        *,
        auth: str | tuple[str, str],
        payload: Json | None = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send once, and give whatever JSON comes back, errors too.

        Args:
            method: Of HTTP.
            path: See :meth:`call`.
            auth: A bearer token, or user and password.
            payload: Sent as JSON; amounts in it are texts or whole numbers.
            form: Sent as a form.
            body: JSON that was written before, to be sent byte for byte.
            query: Of the address.
            headers: More of them.

        Raises:
            OutcomeUnknown: No answer, or one that isn't a JSON object.
            Misconfigured: 401 or 403 without JSON, or a setting that can't be sent.
        """
        auth = Secret(auth) if isinstance(auth, str) else (Secret(auth[0]), Secret(auth[1]))
        if not (auth if isinstance(auth, str) else all(auth)):
            raise Misconfigured(f"{self.provider} can't be called without its keys.")
        session = self._session()
        request = requests.Request(
            method, self.base_url + path, params=query, data=form if body is None else body, headers=_headers(headers)
        )
        if payload is not None:
            request.data = json.dumps(payload).encode()
        if payload is not None or body is not None:
            request.headers["Content-Type"] = "application/json"
        request.auth = HTTPBasicAuth(*auth) if isinstance(auth, tuple) else _Bearer(auth)
        try:
            prepared = session.prepare_request(request)
        except (RequestException, ValueError) as error:  # nothing left the house
            raise Misconfigured(f"{self.provider} can't be called: {type(error).__name__}.") from None
        return self._read(self._send(session, prepared))

    def checked(self, answer: Answer) -> Json:
        """The JSON of a good answer; see :meth:`call` for what is raised."""
        if 200 <= answer.status < 300:
            return answer.data
        code, message = self._error(answer.data) or ("", "")
        text = self.redacted(f"{self.provider} (HTTP {answer.status}) {code}: {message}")[:_MESSAGE]
        if answer.status in (401, 403):
            raise Misconfigured(text)
        if code and 400 <= answer.status < 500 and answer.status not in _NOT_A_REFUSAL:
            raise Rejected(code, text)
        raise OutcomeUnknown(text)

    def redacted(self, text: str) -> str:
        """A text without any of the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    def _error(self, data: Json) -> tuple[str, str] | None:
        try:
            return self._read_error(data)
        except (AttributeError, LookupError, TypeError):
            return None

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = requests.Session()  # repeats nothing by itself
            session.hooks["response"].append(tell)
        return session

    def _send(self, session: requests.Session, prepared: requests.PreparedRequest) -> requests.Response:
        surroundings = session.merge_environment_settings(prepared.url, {}, None, None, None)
        try:
            return session.send(prepared, timeout=self._timeout, allow_redirects=False, **surroundings)
        except InvalidSchema as error:
            raise Misconfigured(f"{self.provider} can't be called: {type(error).__name__}.") from None
        except Exception as error:  # noqa: BLE001 - whatever it is: its frames hold the request with its keys, so it isn't chained
            raise OutcomeUnknown(f"{self.provider} gave no answer: {type(error).__name__}.") from None

    def _read(self, response: requests.Response) -> Answer:
        if response.status_code == 204:
            return Answer(204, {})
        try:
            data = loads(response.content)
        except ValueError:
            text = f"{self.provider} (HTTP {response.status_code}) didn't answer with JSON."
            raise (Misconfigured if response.status_code in (401, 403) else OutcomeUnknown)(text) from None
        return Answer(response.status_code, data)


def _headers(more: Mapping[str, str] | None) -> dict[str, str]:
    return {"Accept": "application/json", **(more or {})}


def tell(response: requests.Response, *args: Any, **kwargs: Any) -> None:
    """Let the call log know of an answer: a hook for sessions of ``requests``. Reading the body may raise as it always may."""
    sent = response.request
    exchanges.heard(sent.method or "", sent.url or "", response.status_code, sent=sent.body, received=response.content)


class _Bearer(AuthBase):
    """As an ``auth`` of requests: a plain header would give way to what a ``.netrc`` says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if not (self._token.isascii() and self._token.isprintable()):
            raise ValueError("A header can't hold it.")
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def segment(text: str) -> str:
    """A part of a path, quoted."""
    return quote(text, safe="")
