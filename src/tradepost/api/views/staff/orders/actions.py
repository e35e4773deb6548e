"""Actions on an order: transitions, holds, notes, cancelled units and credits, with a preview of the money."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from tradepost.api.headers.preconditions import IfMatch
from tradepost.api.schema.deferred import extend_schema
from tradepost.checkout.services import draft_of
from tradepost.core.access import needs
from tradepost.core.errors import Invalid
from tradepost.core.fsm import transitions_of
from tradepost.orders import services
from tradepost.orders.base import AbstractOrder
from tradepost.orders.models import Order
from tradepost.orders.selectors import key_of_charge, keys_of_lines

from ..base import StaffViewSet
from ..drafts import show_draft

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["OrderActions"]

_CHANGE = needs("tradepost_orders.change_order")
_CREDIT = needs("tradepost_orders.change_order", "tradepost_orders.credit_order")
_OVERRIDE = "tradepost_orders.override_order"


class OrderActions(StaffViewSet):
    """Calls below an order's address. Each is one service's, and so are the previews, which are undone again."""

    access = {
        **dict.fromkeys(["transition", "preview_transition", "hold", "release", "note"], _CHANGE),
        **dict.fromkeys(["cancel_units", "preview_cancel_units"], _CHANGE),
        "edit": needs("tradepost_orders.change_order", "tradepost_basket.manage_drafts"),
        **dict.fromkeys(["credit", "preview_credit"], _CREDIT),
    }
    conditional = dict.fromkeys(["transition", "hold", "release", "cancel_units", "credit"], IfMatch.OPTIONAL)

    def get_order(self) -> AbstractOrder:
        """The order of the address."""
        raise NotImplementedError

    def shown(self, order: AbstractOrder, *, status: int = 200) -> Response:
        """The answer that shows it."""
        raise NotImplementedError

    @extend_schema(summary="Make a transition of an order", request="staff.MakeTransition", responses="staff.Order")
    @action(detail=True, methods=["post"], url_path="transitions")
    def transition(self, request: Request, number: str) -> Response:
        """Such as `confirm`, `start_processing`, `complete` or `cancel`. A refusal (409) has the reasons. The same one again
        changes nothing. Cancelling releases the stock, gives coupons back and credits everything; what was paid is refunded
        afterwards.
        """
        order = self.get_order()
        self._transition(order)()
        return self.shown(order)

    @extend_schema(
        summary="Preview a transition's money", request="staff.MakeTransition", responses="staff.MoneyPreview"
    )
    @action(detail=True, methods=["post"], url_path="transitions/preview")
    def preview_transition(self, request: Request, number: str) -> Response:
        """As it would be; nothing is written."""
        order = self.get_order()
        return self._previewed(order, self._transition(order))

    def _transition(self, order: AbstractOrder) -> Callable[[], object]:
        data = self.read("staff.MakeTransition")
        if data["name"] not in {step.name for step in transitions_of(Order)}:
            raise Invalid(_("There is no such transition."), attr="name")
        if data["override"] and not self.request.user.has_perm(_OVERRIDE):
            raise PermissionDenied
        return lambda: services.apply(order, data["name"], by=self.by, reason=data["reason"], override=data["override"])

    @extend_schema(summary="Hold an order", request="staff.Hold", responses="staff.Order")
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, number: str) -> Response:
        """Nothing is processed, shipped or captured until it is released."""
        data = self.read("staff.Hold")
        return self.shown(services.hold(self.get_order(), data["code"], by=self.by, reason=data["reason"]))

    @extend_schema(summary="Release an order's hold", request="staff.Release", responses="staff.Order")
    @action(detail=True, methods=["post"])
    def release(self, request: Request, number: str) -> Response:
        """Without a hold nothing changes."""
        data = self.read("staff.Release")
        return self.shown(services.release_hold(self.get_order(), by=self.by, reason=data["reason"]))

    @extend_schema(summary="Add a note to an order", request="staff.AddNote", responses={201: "staff.Order"})
    @action(detail=True, methods=["post"], url_path="notes")
    def note(self, request: Request, number: str) -> Response:
        """It is kept in the history, and never shown to the customer."""
        data, order = self.read("staff.AddNote"), self.get_order()
        services.add_note(order, data["text"], by=self.by, idempotency_key=self.once_key())
        return self.shown(order, status=201)

    @extend_schema(summary="Cancel part of an order", request="staff.CancelUnits", responses={201: "staff.Order"})
    @action(detail=True, methods=["post"], url_path="cancellations")
    def cancel_units(self, request: Request, number: str) -> Response:
        """Units that haven't been shipped: their price is credited, their stock is released. No money is refunded by it."""
        order = self.get_order()
        self._cancel_units(order, self.once_key())()
        return self.shown(order, status=201)

    @extend_schema(
        summary="Preview what cancelling units comes to", request="staff.CancelUnits", responses="staff.MoneyPreview"
    )
    @action(detail=True, methods=["post"], url_path="cancellations/preview")
    def preview_cancel_units(self, request: Request, number: str) -> Response:
        """As it would be; nothing is written."""
        order = self.get_order()
        return self._previewed(order, self._cancel_units(order))

    def _cancel_units(self, order: AbstractOrder, key: str = "") -> Callable[[], object]:
        data = self.read("staff.CancelUnits")
        units = keys_of_lines(order, units_of(data["lines"]))
        return lambda: services.cancel_units(order, units, by=self.by, reason=data["reason"], idempotency_key=key)

    @extend_schema(summary="Credit an amount", request="staff.GiveCredit", responses={201: "staff.Order"})
    @action(detail=True, methods=["post"], url_path="credits")
    def credit(self, request: Request, number: str) -> Response:
        """Spread over all lines and charges, or of one of them. No money is refunded by it."""
        order = self.get_order()
        self._credit(order, self.once_key())()
        return self.shown(order, status=201)

    @extend_schema(summary="Preview a credit", request="staff.GiveCredit", responses="staff.MoneyPreview")
    @action(detail=True, methods=["post"], url_path="credits/preview")
    def preview_credit(self, request: Request, number: str) -> Response:
        """As it would be; nothing is written."""
        order = self.get_order()
        return self._previewed(order, self._credit(order))

    def _credit(self, order: AbstractOrder, key: str = "") -> Callable[[], object]:
        data = self.read("staff.GiveCredit")
        amount, line, charge = data["amount"], data["line"], data["charge"]
        if str(amount.currency) != order.currency:
            raise Invalid(_("The order is in %(code)s.") % {"code": order.currency}, attr="amount")
        if line is not None and charge is not None:
            raise Invalid(_("Name a line or a charge, not both."), attr="charge")
        line_id = next(iter(keys_of_lines(order, {line: 1}))) if line is not None else None
        charge_id = key_of_charge(order, charge) if charge is not None else None
        return lambda: services.credit(
            order,
            amount.amount,
            by=self.by,
            reason=data["reason"],
            note=data["note"],
            line_id=line_id,
            charge_id=charge_id,
            idempotency_key=key,
        )

    @extend_schema(summary="Change an unpaid order", request=None, responses={201: "staff.Draft"})
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, number: str) -> Response:
        """A draft of it, or the one that is open already. The order stays as it is until the draft is placed in its stead."""
        draft = draft_of(self.get_order(), by=self.by)
        return show_draft(self, draft.basket.uuid, status=201)

    def _previewed(self, order: AbstractOrder, act: Callable[[], object]) -> Response:
        return self.written("staff.MoneyPreview", services.preview(order, act))


def units_of(lines: list[dict[str, Any]]) -> dict[Any, int]:
    """Units by line, from a body; a line that is named twice is summed."""
    units: dict[Any, int] = {}
    for entry in lines:
        units[entry["line"]] = units.get(entry["line"], 0) + entry["quantity"]
    return units
