"""Errors of gateways; see :mod:`tradepost.payments.interface` for what each means for money."""

from __future__ import annotations

__all__ = ["GatewayError", "InvalidWebhook", "Misconfigured", "NotSupported", "OutcomeUnknown", "Rejected"]


class GatewayError(Exception):
    """Base of what a gateway raises."""


class NotSupported(GatewayError):
    """The provider has no such call; see ``capabilities``."""


class Misconfigured(GatewayError):
    """Keys or account are wrong; nothing happened, and staff must act."""


class Rejected(GatewayError):
    """The provider refused the request: certainly nothing happened."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code = code


class OutcomeUnknown(GatewayError):
    """No answer that can be read: money may have moved."""


class InvalidWebhook(GatewayError):
    """The delivery isn't the provider's, or can't be read: answered 400, nothing is booked."""
