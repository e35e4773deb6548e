"""Options of another type than a gateway takes: told by a check with the line to paste, and by no SDK's own error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.fakes.providers import PROVIDERS
from tradepost.gateways.http import Client
from tradepost.payments import conf
from tradepost.payments.checks import check_payments
from tradepost.payments.interface import Gateway, Misconfigured

from .conftest import request_for

KEYS: Mapping[str, tuple[str, ...]] = {
    "stripe": ("secret_key", "publishable_key"),
    "paypal": ("client_id", "client_secret"),
    "razorpay": ("key_id", "key_secret"),
    "paystack": ("secret_key",),
    "chapa": ("secret_key",),
    "mpesa": ("consumer_key", "consumer_secret", "passkey"),
}
EACH = [(alias, option) for alias, options in KEYS.items() for option in options]


def options_of(alias: str, **changed: Any) -> dict[str, Any]:
    """Good ones, but for those that are changed; nobody is called."""
    provider = PROVIDERS[alias]
    server = provider.server()
    return {**provider.options(server), **changed}


def told(settings: Any, alias: str, **changed: Any) -> list[tuple[str | None, str, str | None]]:
    entry = {"BACKEND": PROVIDERS[alias].backend, "OPTIONS": options_of(alias, **changed)}
    settings.TRADEPOST_PAYMENTS, settings.DEBUG = {"GATEWAYS": {"pay": entry}}, True
    return [(message.id, message.msg, message.hint) for message in check_payments()]


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "None"), (17, "int"), ([], "a list with  in it"), (b"key", "bytes")]
)
@pytest.mark.parametrize(("alias", "option"), EACH)
def test_a_key_of_another_type_is_told_with_the_line_to_paste(
    settings: Any, alias: str, option: str, value: object, shown: str
) -> None:
    """As ``os.environ.get`` gives where the variable isn't set."""
    where = f'TRADEPOST_PAYMENTS["GATEWAYS"]["pay"]["OPTIONS"]["{option}"]'

    [(code, message, hint)] = told(settings, alias, **{option: value})

    assert (code, message) == ("tradepost.E605", f"{where} must be a text, not {shown}.")
    assert hint == f'{where} = os.environ["{option.upper()}"]'


@pytest.mark.parametrize("value", ["", "  "])
@pytest.mark.parametrize(("alias", "option"), EACH)
def test_a_blank_key_is_told_with_the_line_to_paste(settings: Any, alias: str, option: str, value: str) -> None:
    """As good as none."""
    [(code, _message, hint)] = told(settings, alias, **{option: value})

    assert code == "tradepost.E607"
    assert f'["OPTIONS"]["{option}"] = os.environ["{option.upper()}"]' in (hint or "")


@pytest.mark.parametrize("value", [None, [None], 5])
@pytest.mark.parametrize("alias", ["stripe", "razorpay", "chapa", "mpesa"])
def test_secrets_of_webhooks_are_texts(settings: Any, alias: str, value: object) -> None:
    """A list with None in it signs nothing."""
    [(code, _message, hint)] = told(settings, alias, webhook_secrets=value)

    assert code == "tradepost.E605"
    assert (hint or "").endswith('["OPTIONS"]["webhook_secrets"] = [os.environ["WEBHOOK_SECRETS"]]')


@pytest.mark.parametrize("value", [None, "", 17])
@pytest.mark.parametrize(("alias", "option"), EACH)
def test_a_process_that_was_not_checked_calls_nobody(settings: Any, alias: str, option: str, value: object) -> None:
    """The shop's pages work; who pays is told that the method can't be used, and staff why."""
    entry = {"BACKEND": PROVIDERS[alias].backend, "OPTIONS": options_of(alias, **{option: value})}
    settings.TRADEPOST_PAYMENTS = {"GATEWAYS": {"pay": entry}}
    request = request_for("100.00", PROVIDERS[alias].currency, email="a@shop.example", phone="0712345678")

    gateway = conf.gateway("pay")

    assert isinstance(gateway, Gateway)
    assert option in gateway.problem()
    with pytest.raises(Misconfigured):
        gateway.start(request)


def test_a_call_without_a_key_is_not_made() -> None:
    """Neither as a token nor as a user with a password."""
    client = Client("http://127.0.0.1:1", provider="X", read_error=lambda data: None)

    for auth in ("", ("user", ""), ("", "password")):
        with pytest.raises(Misconfigured):
            client.call("GET", "/", auth=auth)
