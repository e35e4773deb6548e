"""Django's error report, with the variables of each frame: it shows no provider's key, in DEBUG or without."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import requests
from django.test import RequestFactory
from django.views.debug import ExceptionReporter, technical_500_response

from tests.fakes.providers import PROVIDERS, Provider
from tradepost.payments import conf
from tradepost.payments.interface import GatewayError, PaymentRef

from .conftest import ref, request_for

_HIDDEN = ("secret", "passkey", "consumer_key")


@pytest.fixture(params=list(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> Provider:
    """Each."""
    return PROVIDERS[request.param]


@pytest.fixture
def server(provider: Provider, settings: Any) -> Iterator[Any]:
    """A shop with one method."""
    with provider.server() as server:
        settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"pay": provider.method(server)}}
        yield server


def keys(options: Mapping[str, Any]) -> list[str]:
    """Secrets that must not be seen."""
    values = [value for name, value in options.items() if any(word in name for word in _HIDDEN)]
    return [text for value in values for text in ([value] if isinstance(value, str) else value)]


def reports(call: Callable[[], object]) -> list[str]:
    """The page that is shown in DEBUG, and the mail that is sent to staff."""
    request = RequestFactory().get("/")
    try:
        call()
    except Exception:  # noqa: BLE001 - whichever, it is what a view would have raised
        page = technical_500_response(request, *sys.exc_info()).content.decode()
        mail = ExceptionReporter(request, *sys.exc_info(), is_email=True)
        return [page, mail.get_traceback_html(), mail.get_traceback_text()]
    raise AssertionError("It was to be raised.")


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("error", [RuntimeError("boom"), requests.ConnectionError("boom"), MemoryError("boom")])
def test_a_call_that_breaks_shows_no_key(
    provider: Provider, server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, debug: bool
) -> None:
    """Wherever in the network's libraries it breaks: their frames hold headers and passwords."""

    def break_(*args: Any, **kwargs: Any) -> Any:
        raise error

    settings.DEBUG = debug
    options = provider.options(server)
    gateway = conf.gateway("pay")
    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", break_)
    start = request_for("100.00", provider.currency, email="a@shop.example", phone="0712345678")
    payment = PaymentRef(reference=start.reference, provider_ref="ref_1", price=start.price)

    for act in (lambda: gateway.start(start), lambda: gateway.fetch(payment)):
        for report in reports(act):
            assert not [key for key in keys(options) if key in report]


@pytest.mark.parametrize("fault", ["error_500", "html", "error_429"])
def test_an_answer_that_is_refused_shows_no_key(provider: Provider, server: Any, settings: Any, fault: str) -> None:
    """Neither keys, nor the token that was fetched with them, nor what the browser's script is opened with."""
    settings.DEBUG = True
    gateway = conf.gateway("pay")
    start = request_for("100.00", provider.currency, email="a@shop.example", phone="0712345678")
    payment = ref(start, gateway.start(start))
    server.fault(fault, path="(?!.*(oauth)).*", times=9)

    hidden = [*keys(provider.options(server)), f"{payment.provider_ref}_secret"]
    for report in reports(lambda: gateway.fetch(payment)):
        assert not [key for key in hidden if key in report]


def test_options_that_are_wrong_show_no_key(provider: Provider, server: Any, settings: Any) -> None:
    """An option that the gateway doesn't have breaks its making, with all the others at hand."""
    entry = provider.method(server)
    settings.DEBUG = True
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"pay": {**entry, "OPTIONS": {**entry["OPTIONS"], "colour": "red"}}}}

    for report in reports(lambda: conf.gateway("pay")):
        assert not [key for key in keys(entry["OPTIONS"]) if key in report]


def test_a_secret_is_shown_nowhere_by_its_name(provider: Provider, server: Any) -> None:
    """A control: a key in a variable of an ordinary text is seen, so that these reports would show it."""
    key = keys(provider.options(server))[0]

    def break_with(plain: str) -> None:
        raise GatewayError("boom")

    assert any(key in report for report in reports(lambda: break_with(key)))
