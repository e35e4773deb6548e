from __future__ import annotations

from tests.fakes.fixtures import stripe_server

__all__ = ["stripe_server"]
