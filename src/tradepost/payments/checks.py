"""System checks of payments."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from tradepost.core.conf import check_settings, raw

from . import conf
from .ports import Gateway, Misconfigured

__all__ = ["check_payments"]


@register("tradepost")
def check_payments(**kwargs: Any) -> list[CheckMessage]:
    """``TRADEPOST_PAYMENTS`` and each of its gateways."""
    found = check_settings("TRADEPOST_PAYMENTS", conf.PaymentSettings, "tradepost.E601")
    gateways = raw("TRADEPOST_PAYMENTS").get("GATEWAYS", {})
    if found or not isinstance(gateways, Mapping):
        return found
    for alias, entry in gateways.items():
        found += _check_method(alias, entry)
    return found


def _check_method(alias: str, entry: Any) -> Iterator[CheckMessage]:
    where = f'TRADEPOST_PAYMENTS["GATEWAYS"]["{alias}"]'
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
    try:
        gateway: object = conf.gateway(alias)
    except (ImportError, TypeError, ValueError, ImproperlyConfigured, Misconfigured) as error:
        yield Error(f"{where} can't be used: {error}", hint="Mend its BACKEND and OPTIONS.", id="tradepost.E605")
        return
    if not isinstance(gateway, Gateway):
        hint = "Subclass tradepost.payments.ports.Gateway."
        yield Error(f"{where} is not a Gateway but {type(gateway).__name__}.", hint=hint, id="tradepost.E606")
        return
    if entry.get("SAVES") and not gateway.capabilities.saved_methods:
        yield Error(f"{where} can't save payment methods.", hint=f'Take "SAVES" out of {where}.', id="tradepost.E609")
    if problem := gateway.problem():
        yield Error(f"{where}: {problem}", id="tradepost.E607")
    elif advice := gateway.advice():
        yield Warning(f"{where}: {advice}", id="tradepost.W608")
