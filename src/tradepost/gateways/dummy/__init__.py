"""A provider that plays scenarios, for demonstrations and tests; never for money.

``TRADEPOST_PAYMENTS["GATEWAYS"]["demo"] = {"BACKEND": "tradepost.gateways.dummy.DummyGateway", "OPTIONS": {…}}``
"""

from __future__ import annotations

from .gateway import SCENARIOS, DummyGateway
from .provider import DECISIONS, Charge, Move, Provider

__all__ = ["DECISIONS", "SCENARIOS", "Charge", "DummyGateway", "Move", "Provider"]
