"""The endpoints of the API: under which key which view stands, by the app that they need."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps

__all__ = ["ENDPOINTS", "VIEWS", "all_endpoints"]

VIEWS = "tradepost.api.views"
ENDPOINTS: Mapping[str, str] = {
    "products": f"{VIEWS}.catalogue.ProductViewSet",
    "categories": f"{VIEWS}.catalogue.CategoryViewSet",
    "collections": f"{VIEWS}.catalogue.CollectionViewSet",
    "basket": f"{VIEWS}.baskets.OwnBasketViewSet",
    "baskets": f"{VIEWS}.baskets.BasketViewSet",
    "orders": f"{VIEWS}.orders.OrderViewSet",
    "events": f"{VIEWS}.events.EventViewSet",
    "currencies": f"{VIEWS}.shop.CurrencyViewSet",
    "languages": f"{VIEWS}.shop.LanguageViewSet",
    "pickup-points": f"{VIEWS}.shipping.PickupPointViewSet",
    "auth/me": f"{VIEWS}.customers.OwnCustomerViewSet",
    "auth/me/addresses": f"{VIEWS}.customers.AddressBookViewSet",
    "auth/me/consents": f"{VIEWS}.consents.OwnConsentViewSet",
    "consents": f"{VIEWS}.consents.PurposeViewSet",
    "countries": f"{VIEWS}.countries.CountryViewSet",
}
_OF_ACCOUNTS: Mapping[str, str] = {
    "auth/register": f"{VIEWS}.accounts.RegistrationViewSet",
    "auth/password/reset": f"{VIEWS}.accounts.PasswordResetViewSet",
    "auth/password": f"{VIEWS}.accounts.PasswordViewSet",
    "auth/email": f"{VIEWS}.accounts.EmailViewSet",
    "auth/close": f"{VIEWS}.accounts.ClosureViewSet",
    "auth/csrf": f"{VIEWS}.sessions.CsrfViewSet",
    "auth/sessions": f"{VIEWS}.sessions.SessionViewSet",
    "auth/token": f"{VIEWS}.sessions.TokenViewSet",
}
_OF_PAYMENTS: Mapping[str, str] = {
    "orders": f"{VIEWS}.payments.PayableOrderViewSet",
    "pay": f"{VIEWS}.pay_links.PayLinkViewSet",
    "payment-methods": f"{VIEWS}.saved_methods.SavedMethodViewSet",
    "payments": f"{VIEWS}.payments.PaymentViewSet",
    "staff/discrepancies": f"{VIEWS}.staff.payments.work_list.StaffDiscrepancyViewSet",
    "staff/disputes": f"{VIEWS}.staff.payments.work_list.StaffDisputeViewSet",
    "staff/payment-links": f"{VIEWS}.pay_links.RequestPaymentViewSet",
    "staff/payments": f"{VIEWS}.staff.payments.payments.StaffPaymentViewSet",
    "staff/webhook-receipts": f"{VIEWS}.staff.payments.work_list.StaffReceiptViewSet",
    "webhooks": f"{VIEWS}.payments.WebhookViewSet",
}
_OF_STAFF: Mapping[str, str] = {
    "staff/categories": f"{VIEWS}.staff.selections.StaffCategoryViewSet",
    "staff/collections": f"{VIEWS}.staff.selections.StaffCollectionViewSet",
    "staff/drafts": f"{VIEWS}.staff.drafts.StaffDraftViewSet",
    "staff/dry-run": f"{VIEWS}.staff.dry_run.DryRunViewSet",
    "staff/customers": f"{VIEWS}.staff.customers.StaffCustomerViewSet",
    "staff/customer-groups": f"{VIEWS}.staff.customers.StaffGroupViewSet",
    "staff/images": f"{VIEWS}.staff.images.StaffImageViewSet",
    "staff/jobs": f"{VIEWS}.staff.jobs.BulkJobViewSet",
    "staff/exchange-rates": f"{VIEWS}.staff.settings.zones.ExchangeRateViewSet",
    "staff/orders": f"{VIEWS}.staff.orders.StaffOrderViewSet",
    "staff/pickup-points": f"{VIEWS}.staff.settings.shipping.StaffPickupPointViewSet",
    "staff/price-changes": f"{VIEWS}.staff.prices.PriceChangeViewSet",
    "staff/price-lists": f"{VIEWS}.staff.prices.PriceListViewSet",
    "staff/prices": f"{VIEWS}.staff.prices.PriceViewSet",
    "staff/coupons": f"{VIEWS}.staff.promotions.StaffCouponViewSet",
    "staff/promotions": f"{VIEWS}.staff.promotions.StaffPromotionViewSet",
    "staff/reports": f"{VIEWS}.staff.reports.ReportViewSet",
    "staff/product-types": f"{VIEWS}.staff.product_types.ProductTypeViewSet",
    "staff/products": f"{VIEWS}.staff.products.StaffProductViewSet",
    "staff/shipping-methods": f"{VIEWS}.staff.settings.shipping.StaffShippingMethodViewSet",
    "staff/locations": f"{VIEWS}.staff.stock.LocationViewSet",
    "staff/stock": f"{VIEWS}.staff.stock.StockViewSet",
    "staff/stock-movements": f"{VIEWS}.staff.stock.StockMovementViewSet",
    "staff/tags": f"{VIEWS}.staff.product_types.TagViewSet",
    "staff/tax-classes": f"{VIEWS}.staff.settings.zones.TaxClassViewSet",
    "staff/tax-rates": f"{VIEWS}.staff.settings.zones.TaxRateViewSet",
    "staff/variants": f"{VIEWS}.staff.variants.StaffVariantViewSet",
    "staff/zones": f"{VIEWS}.staff.settings.zones.ZoneViewSet",
}
_OF_STAFF_WITH_FULFILMENT: Mapping[str, str] = {
    "staff/shipments": f"{VIEWS}.staff.orders.shipments.StaffShipmentViewSet",
}


def all_endpoints() -> dict[str, str]:
    """Dotted paths of views by key; those of payments replace some where payments are installed."""
    accounts = _OF_ACCOUNTS if "tradepost_accounts" in apps.app_configs else {}
    payments = _OF_PAYMENTS if "tradepost_payments" in apps.app_configs else {}
    fulfilment = _OF_STAFF_WITH_FULFILMENT if "tradepost_fulfilment" in apps.app_configs else {}
    return {**ENDPOINTS, **accounts, **_OF_STAFF, **fulfilment, **payments}
