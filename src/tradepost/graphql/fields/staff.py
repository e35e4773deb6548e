"""Orders of the shop, for its staff."""

from __future__ import annotations

from ..ports import Mutation, Query

__all__ = ["STAFF"]


def _order(name: str, action: str, takes: str, description: str, gives: str = "staff.Order") -> Mutation:
    return Mutation(name, f"staff-orders_{action}", gives, takes, description=description)


def _shipment(name: str, action: str, description: str, takes: str = "") -> Mutation:
    return Mutation(
        name,
        f"staff-shipments_{action}",
        "staff.Shipment",
        takes,
        arguments={"uuid": "shipment"},
        description=description,
    )


def _payment(name: str, action: str, description: str, takes: str = "", gives: str = "staff.Payment") -> Mutation:
    return Mutation(
        name, f"staff-payments_{action}", gives, takes, arguments={"uuid": "payment"}, description=description
    )


STAFF = (
    Query("staff_orders", "staff-orders_list", "staff.OrderSummary", description="All orders."),
    Query("staff_order", "staff-orders_retrieve", "staff.Order", description="One order of the shop."),
    _order("staff_make_transition", "transition", "staff.MakeTransition", "Make a transition of an order."),
    _order(
        "staff_preview_transition",
        "preview_transition",
        "staff.MakeTransition",
        "A transition's money, as it would be.",
        "staff.MoneyPreview",
    ),
    _order("staff_hold_order", "hold", "staff.Hold", "Hold an order."),
    _order("staff_release_order", "release", "staff.Release", "Release an order's hold."),
    _order("staff_add_note", "note", "staff.AddNote", "Add a note to an order's history."),
    _order("staff_cancel_units", "cancel_units", "staff.CancelUnits", "Cancel units that haven't been shipped."),
    _order(
        "staff_preview_cancel_units",
        "preview_cancel_units",
        "staff.CancelUnits",
        "What cancelling units would come to.",
        "staff.MoneyPreview",
    ),
    _order("staff_give_credit", "credit", "staff.GiveCredit", "Credit an amount."),
    _order(
        "staff_preview_credit", "preview_credit", "staff.GiveCredit", "A credit, as it would be.", "staff.MoneyPreview"
    ),
    Query("staff_shipments", "staff-shipments_list", "staff.Shipment", description="All shipments."),
    Query(
        "staff_shipment",
        "staff-shipments_retrieve",
        "staff.Shipment",
        arguments={"uuid": "shipment"},
        description="One shipment.",
    ),
    Mutation(
        "staff_pack_shipment", "staff-shipments_create", "staff.Shipment", "staff.Pack", description="Pack a shipment."
    ),
    _shipment("staff_change_tracking", "partial_update", "Change a shipment's tracking.", "staff.Tracking"),
    _shipment("staff_ship", "ship", "Ship a shipment."),
    _shipment("staff_mark_delivered", "mark_delivered", "Mark a shipment as delivered."),
    _shipment("staff_unpack", "cancel", "Unpack a shipment that hasn't left."),
    Query("staff_payments", "staff-payments_list", "staff.PaymentSummary", description="All payments."),
    Query(
        "staff_payment",
        "staff-payments_retrieve",
        "staff.Payment",
        arguments={"uuid": "payment"},
        description="One payment, with its ledger.",
    ),
    Query("staff_waiting", "staff-payments_waiting", "staff.Waiting", description="What waits for staff."),
    _payment("staff_capture_payment", "capture", "Capture a payment.", "staff.CapturePayment"),
    _payment("staff_refund_payment", "refund", "Refund a payment.", "staff.RefundPayment"),
    _payment(
        "staff_preview_refund",
        "preview_refund",
        "What a refund would come to.",
        "staff.RefundPayment",
        "staff.MoneyPreview",
    ),
    _payment(
        "staff_cancel_payment", "cancel", "Cancel a payment that isn't made yet, or a hold.", "staff.PaymentReason"
    ),
    _payment("staff_check_payment", "ask", "Ask the provider how a payment stands."),
    _payment("staff_book_payment", "book", "Book money that came or went by hand.", "staff.Book"),
    _payment("staff_strike_booking", "strike", "Strike out a booking by hand.", "staff.Strike"),
    Mutation(
        "staff_request_payment",
        "staff-payment-links_create",
        "staff.PayLink",
        "staff.RequestPayment",
        description="A link to pay an order, mailed to its customer.",
    ),
)
