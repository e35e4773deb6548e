"""Roles of a shop's people: departments and their permissions, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps

from tradepost.core.access import existing_permissions

from ..conf import settings

__all__ = ["ADMINISTRATOR", "PREFIX", "Role", "shop_roles", "unknown_permissions"]

ADMINISTRATOR = "administrator"
PREFIX = "Tradepost: "
"""Of the groups' names, so that no group of the project's own is taken for one of ours."""


@dataclass(frozen=True, slots=True)
class Role:
    """A department, as a Django group.

    Attributes:
        code: As in ``TRADEPOST_ACCOUNTS["ROLES"]``.
        permissions: Names, as ``app_label.codename``; those of apps that aren't installed are left out.
    """

    code: str
    permissions: frozenset[str]

    @property
    def group_name(self) -> str:
        """Of the Django group."""
        return f"{PREFIX}{self.code}"


def _view(app: str, *models: str) -> list[str]:
    return [f"tradepost_{app}.view_{model}" for model in models]


def _edit(app: str, *models: str) -> list[str]:
    return [f"tradepost_{app}.{verb}_{model}" for model in models for verb in ("view", "add", "change", "delete")]


_GOODS = ("producttype", "attribute", "category", "tag", "product", "variant", "image", "collection")
_PRICES = ("pricelist", "price")
_TAXES = ("taxclass", "zone", "zonearea", "taxrate", "exchangerate")
_ORDER = ("order", "orderline", "ordercharge", "orderadjustment", "ordertax", "orderevent", "credit", "creditline")
_PARCELS = ("shipment", "shipmentline")
_LEDGER = ("payment", "transaction", "discrepancy", "dispute")
_BASKET = ("basket", "basketline", "manualprice")
_SHIPPING_KINDS = ("flatrate", "freeover", "weighttable", "pricetable", "quantitytable", "pickup", "carrierservice")
_CONDITIONS = (
    "condition",
    "minimumvalue",
    "minimumquantity",
    "customergroups",
    "firstorder",
    "countries",
    "hours",
)
_BENEFITS = (
    "benefit",
    "percentageoff",
    "amountoff",
    "bundleprice",
    "cheapestfree",
    "fixedprice",
    "buyget",
    "freegift",
    "tieredpercentage",
)

# Departments of a shop. What is in none of them, such as background jobs and outgoing events, only administrators see.
_DEPARTMENTS: Mapping[str, list[str]] = {
    "catalogue": [
        *_edit("catalogue", *_GOODS),
        *_edit("pricing", *_PRICES),
        *_view("pricing", "pricechange", *_TAXES),
        *_edit("inventory", "location", "stocklevel"),
        *_view("inventory", "reservation", "stockmovement"),
        *_view("customers", "customergroup"),
    ],
    "orders": [
        *_view("orders", *_ORDER),
        "tradepost_orders.change_order",
        "tradepost_orders.override_order",
        "tradepost_orders.credit_order",
        *_view("fulfilment", *_PARCELS),
        "tradepost_fulfilment.add_shipment",
        "tradepost_fulfilment.change_shipment",
        *_edit("shipping", "shippingmethod", *_SHIPPING_KINDS, "pickuppoint"),
        *_view("shipping", "carrierquote"),
        *_view("payments", *_LEDGER),
        *_view("customers", "customer", "customergroup", "address", "tier", "tiermembership"),
        *_view("inventory", "location", "stocklevel", "reservation", "stockmovement"),
        *_view("catalogue", *_GOODS),
        *_view("basket", *_BASKET),
        "tradepost_basket.dry_run_basket",
        *_view("checkout", "checkout", "draft"),
        "tradepost_basket.manage_drafts",
        "tradepost_basket.price_drafts",
    ],
    "finance": [
        *_view("orders", *_ORDER),
        "tradepost_orders.change_order",
        "tradepost_orders.credit_order",
        *_view("payments", *_LEDGER, "webhookreceipt", "paymentcall", "savedmethod"),
        "tradepost_payments.move_money",
        "tradepost_payments.book_by_hand",
        "tradepost_payments.change_discrepancy",
        "tradepost_payments.change_webhookreceipt",
        *_edit("pricing", *_TAXES),
        *_view("pricing", *_PRICES, "pricechange"),
        *_view("fulfilment", *_PARCELS),
        *_view("inventory", "location", "stocklevel"),
        *_view("customers", "customer", "customergroup", "address", "tier", "tiermembership"),
    ],
    "support": [
        *_view("orders", *_ORDER),
        "tradepost_orders.change_order",
        *_view("fulfilment", *_PARCELS),
        *_view("payments", *_LEDGER, "savedmethod"),
        "tradepost_payments.change_savedmethod",
        *_view("customers", "customergroup", "consent", "tier", "tiermembership"),
        *_edit("customers", "address"),
        "tradepost_customers.add_consent",
        "tradepost_customers.add_tiermembership",
        "tradepost_customers.change_tiermembership",
        "tradepost_customers.view_customer",
        "tradepost_customers.add_customer",
        "tradepost_customers.change_customer",
        *_view("basket", *_BASKET),
        "tradepost_basket.dry_run_basket",
        *_view("checkout", "checkout", "draft"),
        "tradepost_basket.manage_drafts",
        *_view("catalogue", *_GOODS),
        *_view("promotions", "promotion", "coupon", "couponredemption"),
        *_view("inventory", "location", "stocklevel"),
    ],
    "marketing": [
        *_edit("promotions", "promotion", *_CONDITIONS, *_BENEFITS, "coupon"),
        *_view("promotions", "promotionuse", "couponredemption"),
        *_edit("catalogue", "collection", "tag"),
        *_view("catalogue", *(name for name in _GOODS if name not in ("collection", "tag"))),
        *_view("pricing", *_PRICES, "pricechange"),
        *_edit("customers", "customergroup", "tier"),
        *_view("basket", *_BASKET),
        "tradepost_basket.dry_run_basket",
    ],
}


def shop_roles() -> list[Role]:
    """The departments and the administrator, as ``TRADEPOST_ACCOUNTS["ROLES"]`` changes them.

    Customers need no permission, and so no group: what is theirs is theirs by who they are.
    """
    declared: dict[str, object] = {**_DEPARTMENTS, ADMINISTRATOR: _all_of_ours(), **settings().ROLES}
    return [Role(code, _installed(names)) for code, names in declared.items() if isinstance(names, list | tuple | set)]


def unknown_permissions() -> dict[str, list[str]]:
    """By role, the permissions that it names and no installed model has."""
    existing = existing_permissions()
    unknown = {role.code: sorted(role.permissions - existing) for role in shop_roles()}
    return {code: names for code, names in unknown.items() if names}


def _all_of_ours() -> set[str]:
    """Every permission of the library's models, those that a project added to a replaced app included."""
    return {name for name in existing_permissions() if name.startswith("tradepost_")}


def _installed(names: list[str] | tuple[str, ...] | set[str]) -> frozenset[str]:
    """Those of installed apps: a shop without payments has no permissions of theirs."""
    return frozenset(name for name in names if name.partition(".")[0] in apps.app_configs)
