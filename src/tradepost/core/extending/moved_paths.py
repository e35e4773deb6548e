"""New places of paths that settings may name, so that an old path is answered with the new one."""

from __future__ import annotations

__all__ = ["moved_to"]

_MOVED = {  # by module, as of 0.2
    "tradepost.api.authentication": "tradepost.api.callers.authentication",
    "tradepost.basket.policies": "tradepost.basket.merge_policies",
    "tradepost.gateways.answers": "tradepost.gateways.responses",
    "tradepost.core.dispatchers": "tradepost.core.events.dispatchers",
    "tradepost.orders.earlier": "tradepost.orders.order_history",
    "tradepost.payments.ports": "tradepost.payments.interface",
    "tradepost.pricing.list_pricer": "tradepost.pricing.prices.list_pricer",
    "tradepost.pricing.outside_taxes": "tradepost.pricing.tax.tax_service",
    "tradepost.pricing.rates": "tradepost.pricing.exchange.sources",
    "tradepost.pricing.taxids": "tradepost.pricing.tax.tax_ids",
    "tradepost.promotions.choices": "tradepost.promotions.lane_choices",
}
_NAMES = {
    "tradepost.pricing.backends.ListPricer": "tradepost.pricing.prices.list_pricer.ListPricer",
    "tradepost.pricing.backends.ZoneTaxes": "tradepost.pricing.tax.zone_taxes.ZoneTaxes",
}


def moved_to(path: str) -> str:
    """The present path of a class or function; empty where it never was elsewhere."""
    module, _dot, name = path.rpartition(".")
    return _NAMES.get(path) or (f"{_MOVED[module]}.{name}" if module in _MOVED else "")
