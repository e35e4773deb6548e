"""Drafts: orders that staff prepare and place on behalf of customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.mixins import ListModelMixin
from rest_framework.response import Response

from tradepost.api.filters import ChoicesFilter
from tradepost.api.schema.deferred import extend_schema
from tradepost.basket import services as baskets
from tradepost.basket.models import ManualPrice
from tradepost.catalogue.selectors import variant_by_sku
from tradepost.checkout import services
from tradepost.checkout.base import AbstractDraft
from tradepost.checkout.models import Draft
from tradepost.checkout.services.prepare import order_of
from tradepost.core.access import needs
from tradepost.core.errors import Invalid
from tradepost.orders.models import Order

from ..baskets import UUID_REGEX, LineOfPage, picture_of
from ..checkout import answers_of
from .base import StaffViewSet
from .filters import StaffFilters, ordering

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

__all__ = ["StaffDraftViewSet", "show_draft"]

_MANAGE = needs("tradepost_basket.manage_drafts")
_CALLS = (
    "list", "retrieve", "create", "partial_update", "destroy", "add_line", "change_line", "remove_line", "enter_coupon",
    "remove_coupon", "explain", "preview", "place",
)  # fmt: skip
_OWN = ("customer", "title", "currency", "country")
_LINE = OpenApiParameter("line", UUID, OpenApiParameter.PATH, description="UUID of the line.")
_CODE = OpenApiParameter("code", str, OpenApiParameter.PATH, description="The coupon's code.")


class StaffDraftFilter(StaffFilters):
    """Of drafts."""

    columns = (
        "title",
        "author_label",
        "basket__checkout__email",
        "basket__checkout__phone",
        "basket__customer__email",
        "basket__customer__name",
    )

    status = ChoicesFilter(
        field_name="basket__status", choices=[(name, name) for name in ("open", "submitted", "closed")]
    )
    customer = filters.UUIDFilter(field_name="basket__customer__uuid")
    replaces = filters.CharFilter(field_name="replaces__number", max_length=32, help_text="Number of an order.")
    ordering = ordering("created_at")


class StaffDraftViewSet(ListModelMixin, StaffViewSet):
    """Nothing is held for a draft until it is placed. It is kept until then, or until it is deleted."""

    access = dict.fromkeys(_CALLS, _MANAGE)
    queryset = Draft.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    filterset_class = StaffDraftFilter
    scopes = {"enter_coupon": "guess"}
    serializer_keys = {"list": "staff.DraftSummary", "": "staff.Draft"}

    def get_queryset(self) -> QuerySet[Any]:
        """The latest first."""
        return Draft.objects.select_related("basket__customer", "basket__checkout", "replaces").order_by("-pk")

    def draft(self) -> AbstractDraft:
        """The draft of the address.

        Raises:
            NotFound: There is none.
        """
        return self.of_address(services.find_draft(self.kwargs["uuid"]))

    def shown(self, draft: AbstractDraft, *, status: int = 200) -> Response:
        """The answer: the draft as it is now, whatever was done with it."""
        return show_draft(self, draft.basket.uuid, status=status)

    @extend_schema(summary="List drafts")
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The latest first; `status=open` for those that weren't placed."""
        return super().list(request, *args, **kwargs)

    @extend_schema(summary="A draft", responses="staff.Draft")
    def retrieve(self, request: Request, uuid: str) -> Response:
        """With its lines, what it comes to, what is on offer for it and what is still missing."""
        return self.shown(self.draft())

    @extend_schema(summary="Begin a draft", request="staff.NewDraft", responses={201: "staff.Draft"})
    def create(self, request: Request) -> Response:
        """For a customer, whose prices and addresses it has, or for somebody who has just phoned."""
        data = self.read("staff.NewDraft")
        data["customer"] = self._customer(data["customer"])
        data["currency"] = data["currency"].upper() if data["currency"] else None
        return self.shown(services.open_draft(by=self.by, **data), status=201)

    @extend_schema(summary="Change a draft", request="staff.ChangeDraft", responses="staff.Draft")
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Whose it is, and what a buyer would say at the checkout; fields that aren't given stay as they are.

        Prices and discounts by hand stay with another customer; `manual_discount`, on all goods together, needs `price_drafts`.
        """
        draft, data = self.draft(), self.read("staff.ChangeDraft")
        changes_discount, discount = "manual_discount" in data, data.pop("manual_discount", None)
        if changes_discount:
            self._check_prices(data)
        own = {name: data.pop(name) for name in _OWN if name in data}
        if "customer" in own:
            own["customer"] = self._customer(own["customer"])
        if "currency" in own:
            own["currency"] = own["currency"].upper()
        services.change_draft(draft, **own, fields=answers_of(data, draft.basket))
        if changes_discount:
            basket = self.draft().basket  # in the currency that it has now
            if discount is None:
                baskets.remove_manual_discount(basket)
            else:
                baskets.set_manual_discount(basket, by=self.by, **discount)
        return self.shown(draft)

    @extend_schema(summary="Delete a draft", request=None, responses={204: None})
    def destroy(self, request: Request, uuid: str) -> Response:
        """One that wasn't placed."""
        services.remove_draft(self.draft())
        return Response(status=204)

    @extend_schema(summary="Add to a draft", request="staff.AddDraftLine", responses={201: "staff.Draft"})
    @action(detail=True, methods=["post"], url_path="lines")
    def add_line(self, request: Request, uuid: str) -> Response:
        """Units of a variant with the same options; `manual_price` says what the line costs."""
        draft, data = self.draft(), self.read("staff.AddDraftLine")
        self._check_prices(data["manual_price"])
        variant = variant_by_sku(data["variant"])
        if variant is None:
            raise Invalid(_("There is no such variant."), attr="variant", sku=data["variant"])
        with transaction.atomic():
            line = baskets.add(draft.basket, variant, data["quantity"], options=data["options"])
            self._check_quantity(draft, line.uuid)
            if data["manual_price"] is not None:
                baskets.set_manual_price(draft.basket, line.uuid, by=self.by, **data["manual_price"])
        return self.shown(draft, status=201)

    @extend_schema(
        summary="Change a draft's line", parameters=[_LINE], request="staff.ChangeDraftLine", responses="staff.Draft"
    )
    @action(detail=True, methods=["patch"], url_path=f"lines/(?P<line>{UUID_REGEX})", url_name="line")
    def change_line(self, request: Request, uuid: str, line: str) -> Response:
        """Its quantity, and what it costs: all of it or nothing. More or fewer units at a price by hand need `price_drafts`."""
        draft, data = self.draft(), self.read("staff.ChangeDraftLine")
        with transaction.atomic():
            if "manual_price" in data:
                self._check_prices(data)
                if data["manual_price"] is None:
                    baskets.remove_manual_price(draft.basket, line)
                else:
                    baskets.set_manual_price(draft.basket, line, by=self.by, **data["manual_price"])
            if data.get("quantity") is not None:
                kept = baskets.set_quantity(draft.basket, line, data["quantity"])
                if kept is not None:
                    self._check_quantity(draft, kept.uuid)
        return self.shown(draft)

    @extend_schema(summary="Remove a draft's line", parameters=[_LINE], request=None, responses="staff.Draft")
    @change_line.mapping.delete
    def remove_line(self, request: Request, uuid: str, line: str) -> Response:
        """The answer is the draft."""
        draft = self.draft()
        baskets.remove(draft.basket, line)
        return self.shown(draft)

    @extend_schema(summary="Enter a coupon in a draft", request="basket.CouponCode", responses={201: "staff.Draft"})
    @action(detail=True, methods=["post"], url_path="coupons")
    def enter_coupon(self, request: Request, uuid: str) -> Response:
        """One that is valid is kept; `explain/` says why it has no effect."""
        draft = self.draft()
        baskets.add_coupon(draft.basket, self.read("basket.CouponCode")["code"])
        return self.shown(draft, status=201)

    @extend_schema(summary="Remove a draft's coupon", parameters=[_CODE], request=None, responses="staff.Draft")
    @action(detail=True, methods=["delete"], url_path=r"coupons/(?P<code>[^/]{1,40})", url_name="coupon")
    def remove_coupon(self, request: Request, uuid: str, code: str) -> Response:
        """The answer is the draft."""
        draft = self.draft()
        baskets.remove_coupon(draft.basket, code)
        return self.shown(draft)

    @extend_schema(summary="Explain a draft's total", responses="basket.Explanation")
    @action(detail=True, methods=["get"])
    def explain(self, request: Request, uuid: str) -> Response:
        """Every step, by line and charge; promotions that don't apply are told to those who may see promotions."""
        explanation = baskets.explain(self.draft().basket)
        if not request.user.has_perm("tradepost_promotions.view_promotion"):
            explanation = baskets.for_customers(explanation)
        return self.written("basket.Explanation", explanation, currency=explanation.totals.currency)

    @extend_schema(summary="Preview a draft's order", request=None, responses="staff.DraftPreview")
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, uuid: str) -> Response:
        """The money as it would be, stock and all requirements included; refused as placing would be. Nothing is written."""
        return self.written("staff.DraftPreview", services.preview_draft(self.draft(), services.Visit(by=self.by)))

    @extend_schema(summary="Place a draft", request="staff.PlaceDraft", responses={201: "staff.PlacedDraft"})
    @action(detail=True, methods=["post"])
    def place(self, request: Request, uuid: str) -> Response:
        """To be paid later, by a link (`link`), or as paid (`receipt`). Asked again, it gives the same order.

        A draft of an unpaid order cancels that one, and its payments at their providers before it.
        """
        draft, data = self.draft(), self.read("staff.PlaceDraft")
        if data["receipt"] is not None and not request.user.has_perm("tradepost_payments.book_by_hand"):
            raise PermissionDenied
        expected = data["expected_total"]
        visit = services.Visit(
            by=self.by,
            expected_total=expected.amount if expected is not None else None,
            expected_currency=expected.currency if expected is not None else "",
            language=data["language"],
        )
        placed = services.place_draft(draft, visit, link=_link(data["link"]), receipt=_receipt(data["receipt"]))
        order = Order.objects.select_related("customer").with_open_units().get(pk=placed.order.pk)
        facts = {"order": order, "payment": placed.payment, "link": placed.link}
        return self.written("staff.PlacedDraft", facts, status=201, currency=order.currency)

    def conceal(self, body: Any) -> Any:
        """Whoever has a link can open the order, so it isn't written down."""
        link = body.get("link") if isinstance(body, Mapping) else None
        return {**body, "link": {**link, "url": "", "token": ""}} if isinstance(link, Mapping) else body

    def reveal(self, body: Any) -> Any:
        """Derive the link again, for the same moment."""
        link = body.get("link") if isinstance(body, Mapping) else None
        if not isinstance(link, Mapping):
            return body
        from tradepost.payments.services import pay_links

        order = Order.objects.get(number=body["order"]["number"])
        derived = pay_links.pay_link(order, expires_at=datetime.fromisoformat(link["expires_at"]))
        return {**body, "link": self.written("staff.PayLink", derived).data}

    def _customer(self, uuid: Any) -> Any:
        """The customer of a UUID; by whoever may see customers, whose address the draft shows."""
        if uuid is None:
            return None
        if not self.request.user.has_perm("tradepost_customers.view_customer"):
            raise PermissionDenied
        return baskets.customer_named(str(uuid))

    def _check_prices(self, given: Any) -> None:
        if given is not None and not self.request.user.has_perm("tradepost_basket.price_drafts"):
            raise PermissionDenied

    def _check_quantity(self, draft: AbstractDraft, line: UUID) -> None:
        """Other units at a price by hand, or under a discount on all, are a price by hand: whoever set it meant so many."""
        if baskets.is_priced_by_hand(draft.basket, line):
            self._check_prices(line)


def show_draft(view: StaffViewSet, uuid: UUID, *, status: int = 200) -> Response:
    """The answer that shows a draft, read anew; a constant number of queries."""
    draft: Any = services.find_draft(uuid)
    look = services.look(draft.basket)
    order = None if draft.basket.allows.is_open else order_of(draft.basket)
    draft.order = order.number if order is not None else ""
    draft.lines = [LineOfPage(line, picture_of(line)) for line in look.contents.lines]
    by_hand = list(ManualPrice.objects.filter(basket=draft.basket_id).order_by("pk"))
    draft.manual_prices = [row for row in by_hand if row.line != draft.basket.uuid]
    draft.manual_discount = next((row for row in by_hand if row.line == draft.basket.uuid), None)
    codes = draft.basket.coupon_codes
    draft.coupons = [{"code": code, "applied": code in look.totals.coupons} for code in codes]
    draft.checkout = look
    return view.written("staff.Draft", draft, status=status, currency=draft.basket.currency)


def _link(data: Mapping[str, Any] | None) -> services.LinkWanted | None:
    if data is None:
        return None
    days = data["days"]
    return services.LinkWanted(mail=data["mail"], expires_after=timedelta(days=days) if days else None)


def _receipt(data: Mapping[str, Any] | None) -> services.Receipt | None:
    return services.Receipt(**data) if data is not None else None
