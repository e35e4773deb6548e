"""Effects of an order's transitions on stock, coupons and budgets, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.apps import apps

from tradepost.core import db, events
from tradepost.core.actors import Actor, By
from tradepost.core.events import subscribe
from tradepost.customers.events import SpendingChanged
from tradepost.inventory import services as inventory
from tradepost.inventory.ports import Owner
from tradepost.pricing import services as pricing

from .events import (
    OrderCancelled,
    OrderConfirmed,
    OrderCredited,
    OrderExpired,
    OrderReinstated,
    OrderUnitsCancelled,
    TaxReportDue,
)
from .models import Order, OrderAdjustment, OrderLine
from .reports import tax_reports
from .selectors import units_by_variant
from .services.guest_orders import join
from .services.tiers import evaluate_tiers, has_earned_tiers

__all__ = [
    "ask_for_tax_report",
    "ask_for_tier",
    "evaluate_tier",
    "give_back",
    "give_back_units",
    "keep",
    "owner_of",
    "report_tax",
    "take_again",
]


def owner_of(order_id: int) -> Owner:
    """For whom the inventory and promotions hold what belongs to an order."""
    return Owner("order", str(order_id))


def give_back(event: OrderCancelled | OrderExpired) -> None:
    """Release stock, coupons and budgets."""
    from tradepost.promotions import services as promotions

    owner = owner_of(event.order_id)
    promotions.give_back(owner.kind, owner.key)
    inventory.release(owner)


def give_back_units(event: OrderUnitsCancelled) -> None:
    """Release the stock of units that were called off."""
    units = {pair[0]: pair[1] for pair in event.units}
    lines = OrderLine.objects.filter(pk__in=units, variant__isnull=False)
    inventory.release(owner_of(event.order_id), units_by_variant((line, units[line.pk]) for line in lines))


def keep(event: OrderConfirmed) -> None:
    """Stock that is paid for doesn't expire."""
    if not event.at_once:
        inventory.keep(owner_of(event.order_id))


def take_again(event: OrderReinstated) -> None:
    """Take the coupons, budgets and stock that expiry gave back again; what can't be had ends the transition."""
    from tradepost.promotions import services as promotions

    order, owner = Order.objects.get(pk=event.order_id), owner_of(event.order_id)
    codes = OrderAdjustment.objects.filter(order_id=order.pk).exclude(coupon_code="")
    promotions.redeem(
        sorted(set(codes.values_list("coupon_code", flat=True))),
        owner_kind=owner.kind,
        owner_key=owner.key,
        customer_id=order.customer_id,
        email=order.email,
        discounts=_discounts(order),
    )
    lines = OrderLine.objects.filter(order_id=order.pk, variant__isnull=False)
    rows = lines.select_related("variant__product__product_type")
    tracked = [line for line in rows if line.variant is not None and line.variant.stock_is_tracked]
    inventory.reserve(units_by_variant((line, line.open_quantity) for line in tracked), owner=owner)


def ask_for_tax_report(event: OrderConfirmed | OrderReinstated | OrderCredited | OrderCancelled) -> None:
    """Have an outside tax service told, where the shop has one; for all others this costs nothing."""
    if pricing.tax_reporter() is not None:
        events.publish(TaxReportDue(event.order_id))


def report_tax(event: TaxReportDue) -> None:
    """Tell the service, outside any transaction."""
    tax_reports.report(event.order_id)


def ask_for_tier(event: OrderConfirmed | OrderReinstated | OrderCredited | OrderCancelled) -> None:
    """Have the customer's tier looked at, where the shop has one to earn.

    After the commit, so that placing an order costs nothing for it; where the process dies before, the job finds the customer.
    """
    if has_earned_tiers():
        customer_id = Order.objects.filter(pk=event.order_id).values_list("customer_id", flat=True).first()
        if customer_id is not None:
            _publish(SpendingChanged(customer_id))


@db.atomic
def _publish(event: SpendingChanged) -> None:
    events.publish(event)


def evaluate_tier(event: SpendingChanged) -> None:
    """Move the customer, if they have earned another tier."""
    evaluate_tiers([event.customer_id])


def _discounts(order: Order) -> dict[str, Decimal]:
    """Sum what each promotion took off an order, by its code."""
    rows = OrderAdjustment.objects.filter(order_id=order.pk).exclude(promotion_key="")
    by_code: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in rows.values_list("promotion_key", "amount"):
        by_code[key] -= amount
    return dict(by_code)


subscribe(OrderCancelled, give_back, when="within")
subscribe(OrderExpired, give_back, when="within")
subscribe(OrderUnitsCancelled, give_back_units, when="within")
subscribe(OrderConfirmed, keep, when="within", elsewhere=True)
subscribe(OrderReinstated, take_again, when="within")
subscribe(OrderConfirmed, ask_for_tax_report, when="within", elsewhere=True)
subscribe(OrderReinstated, ask_for_tax_report, when="within", elsewhere=True)
subscribe(OrderCredited, ask_for_tax_report, when="within", elsewhere=True)
subscribe(OrderCancelled, ask_for_tax_report, when="within", elsewhere=True)
subscribe(TaxReportDue, report_tax)
subscribe(OrderConfirmed, ask_for_tier, when="after")
subscribe(OrderReinstated, ask_for_tier, when="after")
subscribe(OrderCredited, ask_for_tier, when="after")
subscribe(OrderCancelled, ask_for_tier, when="after")
subscribe(SpendingChanged, evaluate_tier)

if "tradepost_accounts" in apps.app_configs:
    from tradepost.accounts.events import EmailVerified

    def join_guest_orders(event: EmailVerified) -> None:
        """Past orders of a mailbox that was proven are those of its account."""
        if (
            join(event.email_key, customer_id=event.customer_id, by=By(Actor.CUSTOMER, event.user_id))
            and has_earned_tiers()
        ):
            events.publish(SpendingChanged(event.customer_id))

    subscribe(EmailVerified, join_guest_orders, when="within")
