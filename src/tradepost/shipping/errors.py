"""Errors of shipping.

::

    Conflict
    └── CarrierUnavailable
"""

from __future__ import annotations

from tradepost.core.errors import Conflict

__all__ = ["CarrierUnavailable"]


class CarrierUnavailable(Conflict):
    """A carrier gave no answer in time, or none that can be read. Raised by a :class:`~tradepost.shipping.ports.Carrier`."""

    code = "carrier_unavailable"
