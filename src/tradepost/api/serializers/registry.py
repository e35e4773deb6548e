"""Which serializer stands behind a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.module_loading import import_string

from tradepost.api.conf import settings

__all__ = ["SERIALIZERS", "serializer_class"]

_HERE = "tradepost.api.serializers"
SERIALIZERS: Mapping[str, str] = {
    "accounts.Closure": f"{_HERE}.accounts.credentials.ClosureSerializer",
    "accounts.Csrf": f"{_HERE}.accounts.sessions.CsrfSerializer",
    "accounts.EmailChange": f"{_HERE}.accounts.credentials.EmailChangeSerializer",
    "accounts.LinkToken": f"{_HERE}.accounts.credentials.LinkTokenSerializer",
    "accounts.PasswordChange": f"{_HERE}.accounts.credentials.PasswordChangeSerializer",
    "accounts.PasswordReset": f"{_HERE}.accounts.credentials.PasswordResetSerializer",
    "accounts.PasswordResetRequest": f"{_HERE}.accounts.credentials.PasswordResetRequestSerializer",
    "accounts.Refresh": f"{_HERE}.accounts.sessions.RefreshSerializer",
    "accounts.Registration": f"{_HERE}.accounts.credentials.RegistrationSerializer",
    "accounts.RegistrationConfirmation": f"{_HERE}.accounts.credentials.RegistrationConfirmationSerializer",
    "accounts.Session": f"{_HERE}.accounts.sessions.SessionSerializer",
    "accounts.SignIn": f"{_HERE}.accounts.sessions.SignInSerializer",
    "accounts.Tokens": f"{_HERE}.accounts.sessions.TokensSerializer",
    "api.Error": f"{_HERE}.errors.ErrorSerializer",
    "api.ErrorEntry": f"{_HERE}.errors.ErrorEntrySerializer",
    "basket.AddLine": f"{_HERE}.basket.AddLineSerializer",
    "basket.Adjustment": f"{_HERE}.totals.AdjustmentSerializer",
    "basket.Basket": f"{_HERE}.basket.BasketSerializer",
    "basket.ChangeLine": f"{_HERE}.basket.ChangeLineSerializer",
    "basket.Charge": f"{_HERE}.totals.ChargeSerializer",
    "basket.CouponCode": f"{_HERE}.basket.CouponCodeSerializer",
    "basket.Exchange": f"{_HERE}.basket.ExchangeSerializer",
    "basket.Explanation": f"{_HERE}.basket.ExplanationSerializer",
    "basket.Hint": f"{_HERE}.totals.HintSerializer",
    "basket.Line": f"{_HERE}.basket.BasketLineSerializer",
    "basket.Merge": f"{_HERE}.basket.MergeSerializer",
    "basket.New": f"{_HERE}.basket.NewBasketSerializer",
    "basket.RowExplanation": f"{_HERE}.basket.RowExplanationSerializer",
    "basket.Totals": f"{_HERE}.totals.TotalsSerializer",
    "basket.TrailEntry": f"{_HERE}.totals.TrailEntrySerializer",
    "catalogue.Badge": f"{_HERE}.catalogue.BadgeSerializer",
    "catalogue.Category": f"{_HERE}.catalogue.CategorySerializer",
    "catalogue.CategoryDetail": f"{_HERE}.catalogue.CategoryDetailSerializer",
    "catalogue.Collection": f"{_HERE}.catalogue.CollectionSerializer",
    "catalogue.Facet": f"{_HERE}.catalogue.FacetSerializer",
    "catalogue.Picture": f"{_HERE}.pictures.PictureSerializer",
    "catalogue.Product": f"{_HERE}.catalogue.ProductSerializer",
    "catalogue.ProductCard": f"{_HERE}.catalogue.ProductCardSerializer",
    "catalogue.ProductPage": f"{_HERE}.catalogue.ProductPageSerializer",
    "catalogue.Property": f"{_HERE}.catalogue.PropertySerializer",
    "catalogue.Variant": f"{_HERE}.catalogue.VariantSerializer",
    "checkout.Address": f"{_HERE}.checkout.AddressSerializer",
    "checkout.Checkout": f"{_HERE}.checkout.CheckoutSerializer",
    "checkout.Complete": f"{_HERE}.checkout.CompleteSerializer",
    "checkout.Completion": f"{_HERE}.checkout.CompletionSerializer",
    "checkout.PaymentMethod": f"{_HERE}.checkout.PaymentMethodSerializer",
    "checkout.Reopened": f"{_HERE}.checkout.ReopenedSerializer",
    "checkout.Requirement": f"{_HERE}.checkout.RequirementSerializer",
    "checkout.ShippingMethod": f"{_HERE}.checkout.ShippingMethodSerializer",
    "checkout.Update": f"{_HERE}.checkout.UpdateCheckoutSerializer",
    "customers.Address": f"{_HERE}.customers.BookAddressSerializer",
    "customers.AddressInput": f"{_HERE}.customers.BookAddressInputSerializer",
    "customers.Customer": f"{_HERE}.customers.CustomerSerializer",
    "customers.Update": f"{_HERE}.customers.UpdateCustomerSerializer",
    "fulfilment.Shipment": f"{_HERE}.shipments.ShipmentSerializer",
    "orders.Credit": f"{_HERE}.orders.CreditSerializer",
    "orders.Order": f"{_HERE}.orders.OrderSerializer",
    "orders.OrderCharge": f"{_HERE}.orders.OrderChargeSerializer",
    "orders.OrderLine": f"{_HERE}.orders.OrderLineSerializer",
    "orders.OrderSummary": f"{_HERE}.orders.OrderSummarySerializer",
    "payments.PayAgain": f"{_HERE}.payments.PayAgainSerializer",
    "payments.PayLink": f"{_HERE}.pay_links.PayLinkSerializer",
    "payments.Payment": f"{_HERE}.payments.PaymentSerializer",
    "payments.Return": f"{_HERE}.payments.ReturnSerializer",
    "payments.SavedMethod": f"{_HERE}.payments.SavedMethodSerializer",
    "shipping.PickupPoint": f"{_HERE}.shipping.PickupPointSerializer",
    "staff.AddNote": f"{_HERE}.staff.order_actions.AddNoteSerializer",
    "staff.Attribute": f"{_HERE}.staff.goods.AttributeSerializer",
    "staff.AttributeInput": f"{_HERE}.staff.goods.AttributeInputSerializer",
    "staff.CancelUnits": f"{_HERE}.staff.order_actions.CancelUnitsSerializer",
    "staff.Credit": f"{_HERE}.staff.orders.StaffCreditSerializer",
    "staff.DryRun": f"{_HERE}.staff.dry_run.DryRunSerializer",
    "staff.GiveCredit": f"{_HERE}.staff.order_actions.GiveCreditSerializer",
    "staff.History": f"{_HERE}.staff.orders.StaffHistorySerializer",
    "staff.Hold": f"{_HERE}.staff.order_actions.HoldSerializer",
    "staff.MakeTransition": f"{_HERE}.staff.order_actions.MakeTransitionSerializer",
    "staff.MoneyPreview": f"{_HERE}.staff.order_actions.MoneyPreviewSerializer",
    "staff.NewProduct": f"{_HERE}.staff.goods.NewProductSerializer",
    "staff.OptionsInput": f"{_HERE}.staff.goods.OptionsInputSerializer",
    "staff.Order": f"{_HERE}.staff.orders.StaffOrderSerializer",
    "staff.OrderCharge": f"{_HERE}.staff.orders.StaffChargeSerializer",
    "staff.OrderLine": f"{_HERE}.staff.orders.StaffOrderLineSerializer",
    "staff.OrderSummary": f"{_HERE}.staff.orders.StaffOrderSummarySerializer",
    "staff.Pack": f"{_HERE}.staff.shipments.PackSerializer",
    "staff.PayLink": f"{_HERE}.pay_links.MadeLinkSerializer",
    "staff.PaymentSummary": f"{_HERE}.staff.payments.StaffPaymentSummarySerializer",
    "staff.Product": f"{_HERE}.staff.goods.StaffProductSerializer",
    "staff.ProductInput": f"{_HERE}.staff.goods.ProductInputSerializer",
    "staff.ProductType": f"{_HERE}.staff.goods.ProductTypeSerializer",
    "staff.ProductTypeInput": f"{_HERE}.staff.goods.ProductTypeInputSerializer",
    "staff.Release": f"{_HERE}.staff.order_actions.ReleaseSerializer",
    "staff.RequestPayment": f"{_HERE}.pay_links.RequestPaymentSerializer",
    "staff.Shipment": f"{_HERE}.staff.shipments.StaffShipmentSerializer",
    "staff.Tag": f"{_HERE}.staff.goods.TagSerializer",
    "staff.TagInput": f"{_HERE}.staff.goods.TagInputSerializer",
    "staff.Tracking": f"{_HERE}.staff.shipments.TrackingSerializer",
    "staff.Try": f"{_HERE}.staff.dry_run.TrySerializer",
    "staff.Variant": f"{_HERE}.staff.goods.StaffVariantSerializer",
    "staff.VariantInput": f"{_HERE}.staff.goods.VariantInputSerializer",
}


def serializer_class(key: str) -> type[Any]:
    """The project's serializer for a key, or ours.

    Raises:
        KeyError: There is no such key.
    """
    cls: type[Any] = import_string(settings().SERIALIZERS.get(key) or SERIALIZERS[key])
    return cls
