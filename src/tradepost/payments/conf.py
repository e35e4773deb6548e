"""``TRADEPOST_PAYMENTS``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Annotated, Any

from django.utils.functional import Promise

from tradepost.core.conf import Backend, instance, load, settings_class
from tradepost.core.extending.port_checks import Port
from tradepost.core.inputs.bounds import MayBeZero

from .errors import MethodUnknown
from .interface import Gateway

__all__ = ["Method", "PaymentSettings", "gateway", "method", "methods", "settings"]

CAPTURES = ("at_once", "on_confirm", "on_shipment", "by_hand")
CONFIRMS = ("placement", "authorised", "captured")


@settings_class("TRADEPOST_PAYMENTS")
@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettings:
    """``TRADEPOST_PAYMENTS``.

    Attributes:
        GATEWAYS: Payment methods by alias; see :class:`Method` for the keys of each.
        SAVE_CONSENT_TEXT: What a customer agrees to when a payment method is saved; empty for a sentence of ours.
        SAVE_CONSENT_VERSION: Of that text. A new one makes customers agree anew when they save another method.
        REFUND_ON_CANCEL: Whether a cancelled order's money is given back without an act of staff.
        PAY_LINK_URL: Where a link to pay an order later leads to, with ``{token}`` in it: the storefront's page, or one of your
            own front end, which hands the token to the API. A path is put behind the shop's address.
        PAY_LINK_EXPIRES_AFTER: How long a customer may pay by such a link.
        CALL_LOG_KEPT: How long calls of providers are kept in the log; ``timedelta(0)`` logs none.
    """

    GATEWAYS: Annotated[Mapping[str, Any], Port(Gateway)] = field(default_factory=dict, repr=False)
    REFUND_ON_CANCEL: bool = True
    SAVE_CONSENT_TEXT: str | Promise = ""
    SAVE_CONSENT_VERSION: str = "1"
    PAY_LINK_URL: str = "/pay/{token}/"
    PAY_LINK_EXPIRES_AFTER: timedelta = timedelta(days=7)
    CALL_LOG_KEPT: Annotated[timedelta, MayBeZero()] = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One entry of ``GATEWAYS``: a gateway, and how the shop uses it.

    Attributes:
        BACKEND: Dotted path of a :class:`~tradepost.payments.interface.Gateway`.
        OPTIONS: Keyword arguments it is made with.
        LABEL: What customers read.
        DESCRIPTION: A sentence below it.
        CONFIRM_ON: When the order counts as covered: ``placement``, ``authorised`` or ``captured``.
        CAPTURE: When money is taken: ``at_once``, ``on_confirm``, ``on_shipment`` or ``by_hand``.
        EXPIRES_AFTER: Time to pay.
        SAVES: Customers may save what they pay with, where the gateway can; they are asked for their consent each time.
    """

    BACKEND: str
    OPTIONS: Mapping[str, Any] = field(default_factory=dict, repr=False)  # it holds secrets
    LABEL: str = ""
    DESCRIPTION: str = ""
    CONFIRM_ON: str = "captured"
    CAPTURE: str = "at_once"
    EXPIRES_AFTER: timedelta = timedelta(minutes=60)
    SAVES: bool = False


METHOD_KEYS = frozenset(f.name for f in fields(Method))


def settings() -> PaymentSettings:
    """The project's settings over the defaults."""
    return load("TRADEPOST_PAYMENTS", PaymentSettings)


def methods() -> dict[str, Method]:
    """All payment methods by alias, in the order of the setting."""
    return {alias: Method(**entry) for alias, entry in settings().GATEWAYS.items()}


def method(alias: str) -> Method:
    """One payment method.

    Raises:
        MethodUnknown: The setting has no such alias.
    """
    if alias not in settings().GATEWAYS:
        raise MethodUnknown(f"There is no payment method “{alias}”.", method=alias)
    return Method(**settings().GATEWAYS[alias])  # in no variable: an error report would print its secrets


def gateway(alias: str) -> Gateway:
    """The gateway of a payment method, made once in a process.

    Raises:
        MethodUnknown: The setting has no such alias.
    """
    configured = method(alias)
    built: Gateway = instance(Backend(configured.BACKEND, configured.OPTIONS))
    return built
