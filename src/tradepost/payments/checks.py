"""System checks of payments."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from tradepost.core.conf import check_settings, raw
from tradepost.core.inputs.bounds import bound_problem
from tradepost.core.shop_settings import shop

from . import conf
from .interface import Gateway, Misconfigured, option_checks

__all__ = ["check_payment_addresses", "check_payments"]

_TOLD = (
    ImportError,
    TypeError,
    ValueError,
    ImproperlyConfigured,
    Misconfigured,
)  # in words for whoever wrote the setting
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_OF_TESTS = re.compile(r"^(?:sk|rk|pk|rzp)_test_|^CHA(?:SECK|PUBK)_TEST|^https?://[^/]*\bsandbox\b")


@register("tradepost")
def check_payments(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_PAYMENTS`` and each of its gateways."""
    messages = check_settings("TRADEPOST_PAYMENTS", conf.PaymentSettings, "tradepost.E601")
    gateways = raw("TRADEPOST_PAYMENTS").get("GATEWAYS", {})
    if messages or not isinstance(gateways, Mapping):
        return messages
    for alias, entry in gateways.items():
        messages += _check_method(alias, entry)
        messages += _check_test_keys(alias, entry)
    return messages


@register("tradepost", deploy=True)
def check_payment_addresses(**kwargs: Any) -> list[CheckMessage]:
    """Check that orders can be paid, and nothing about it goes over plain http; run by ``check --deploy``."""
    messages: list[CheckMessage] = []
    if not shop().URL.startswith("https://"):
        problem = (
            'TRADEPOST_SHOP["URL"] is not https: customers come back to it when they have paid, and webhooks as well.'
        )
        messages.append(Warning(problem, hint='TRADEPOST_SHOP = {"URL": "https://shop.example"}', id="tradepost.W611"))
    gateways = raw("TRADEPOST_PAYMENTS").get("GATEWAYS", {})
    if not gateways:
        messages.append(_no_method())
    for alias, entry in gateways.items() if isinstance(gateways, Mapping) else ():
        for name, text in _texts(entry):
            if text.startswith("http://") and urlsplit(text).hostname not in _LOOPBACK:
                problem = f'{_where(alias)}["OPTIONS"]["{name}"] is not https: keys would be sent for anybody to read.'
                hint = f'"{name}": "https://{text.removeprefix("http://")}"'
                messages.append(Warning(problem, hint=hint, id="tradepost.W612"))
    return messages


def _no_method() -> CheckMessage:
    hint = (
        'TRADEPOST_PAYMENTS = {"GATEWAYS": {"transfer": {"BACKEND": "tradepost.gateways.manual.BankTransfer", '
        '"OPTIONS": {"account_holder": "…", "iban": "…"}}}}; a shop that takes no payments here leaves the app out: '
        'tradepost.installed_apps(without=["tradepost.payments"]).'
    )
    message = 'TRADEPOST_PAYMENTS["GATEWAYS"] names no payment method: nobody can buy what costs money.'
    return Warning(message, hint=hint, id="tradepost.W618")


def _check_test_keys(alias: str, entry: Any) -> Iterator[CheckMessage]:
    """Keys of a provider's test mode, or its sandbox, in a shop that sells."""
    names = [name for name, text in _texts(entry) if _OF_TESTS.search(text)]
    if names and not settings.DEBUG:
        problem = f"{_where(alias)} is in test mode ({', '.join(names)}) although DEBUG is off: no money would come."
        hint = "Put the live keys there, or silence this where the site is a test itself."
        yield Warning(problem, hint=hint, id="tradepost.W610")


def _texts(entry: Any) -> Iterator[tuple[str, str]]:
    options = entry.get("OPTIONS") if isinstance(entry, Mapping) else None
    for name, value in options.items() if isinstance(options, Mapping) else ():
        if isinstance(value, str):
            yield str(name), value


def _where(alias: str) -> str:
    return f'TRADEPOST_PAYMENTS["GATEWAYS"]["{alias}"]'


def _check_durations(where: str, entry: Mapping[str, Any]) -> Iterator[CheckMessage]:
    """The time to pay of a method, and how long its provider is waited for."""
    wait = entry.get("EXPIRES_AFTER", timedelta(minutes=60))
    problem = bound_problem(wait) if isinstance(wait, timedelta) else "must be a timedelta"
    if problem:
        hint = f'{where}["EXPIRES_AFTER"] = timedelta(minutes=60)'
        yield Error(f'{where}["EXPIRES_AFTER"] {problem}, not {wait!r}.', hint=hint, id="tradepost.E613")
    options = entry.get("OPTIONS")
    timeout = options.get("timeout", 1) if isinstance(options, Mapping) else 1
    for seconds in timeout if isinstance(timeout, tuple | list) else (timeout,):
        if problem := bound_problem(seconds):
            hint = "Leave it out for our default."
            yield Error(f'{where}["OPTIONS"]["timeout"] {problem}, not {seconds!r}.', hint=hint, id="tradepost.E614")


def _check_method(alias: str, entry: Any) -> Iterator[CheckMessage]:
    where = _where(alias)
    if not isinstance(entry, Mapping) or "BACKEND" not in entry:
        hint = f'{where} = {{"BACKEND": "tradepost.gateways.manual.BankTransfer", "OPTIONS": {{}}}}'
        yield Error(f"{where} must be a dict with a BACKEND.", hint=hint, id="tradepost.E602")
        return
    for key in entry.keys() - conf.METHOD_KEYS:
        near = difflib.get_close_matches(key, conf.METHOD_KEYS, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else f"Known keys: {', '.join(sorted(conf.METHOD_KEYS))}."
        yield Error(f'{where} has no key "{key}".', hint=hint, id="tradepost.E603")
        return
    for key, allowed in (("CONFIRM_ON", conf.CONFIRMS), ("CAPTURE", conf.CAPTURES)):
        if key in entry and entry[key] not in allowed:
            hint = f"One of: {', '.join(allowed)}."
            yield Error(f'{where}["{key}"] can\'t be {entry[key]!r}.', hint=hint, id="tradepost.E604")
    yield from _check_durations(where, entry)
    if wrong := list(option_checks.wrong_types(where, entry)):
        yield from wrong
        return
    try:
        gateway: object = conf.gateway(alias)
    except Exception as error:  # noqa: BLE001 - whatever an SDK raises for options that it can't use
        reason = str(error) if isinstance(error, _TOLD) else type(error).__name__
        yield Error(f"{where} can't be used: {reason}", hint="Fix its BACKEND and OPTIONS.", id="tradepost.E605")
        return
    if not isinstance(gateway, Gateway):
        hint = "Subclass tradepost.payments.interface.Gateway."
        yield Error(f"{where} is not a Gateway but {type(gateway).__name__}.", hint=hint, id="tradepost.E606")
        return
    if entry.get("SAVES") and not gateway.capabilities.saved_methods:
        yield Error(f"{where} can't save payment methods.", hint=f'Take "SAVES" out of {where}.', id="tradepost.E609")
    if problem := gateway.problem():
        yield Error(f"{where}: {problem}", hint=option_checks.lines(where, entry, problem), id="tradepost.E607")
    elif advice := gateway.advice():
        yield Warning(f"{where}: {advice}", id="tradepost.W608")
