"""The router: every address of the shop under a name, so that a project can replace, add or drop it::

router = Router()
router.replace("product", MyProductView)
urlpatterns = [path("", include((router.urls, "tradepost")))]

Templates, mails and the library itself reverse those names, as in ``tradepost:product``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db.transaction import non_atomic_requests
from django.urls import URLPattern, path, register_converter
from django.utils.module_loading import import_string
from django.views import View

from tradepost.core.errors import Misused

__all__ = ["Route", "Router"]

AnyView = type[View] | Callable[..., Any]
_VIEWS = "tradepost.storefront.views"


class NumberConverter:
    """Numbers of orders and references of payments: what a project's own numbers may hold, but no slash and no control."""

    regex = r"[^/\x00-\x1f]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "tradepost_number")


@dataclass(frozen=True, slots=True)
class Route:
    """One address.

    Attributes:
        pattern: As in Django's ``path()``.
        view: A view, or the dotted path of one.
        is_outside_transactions: It calls a provider, so it may not run in a transaction that the project opened for the
            request (``ATOMIC_REQUESTS``).
        kwargs: Given to the view beside what the pattern holds.
    """

    pattern: str
    view: AnyView | str
    is_outside_transactions: bool = False
    kwargs: dict[str, Any] | None = None

    def url(self, name: str) -> URLPattern:
        """For a URLconf.

        Raises:
            Misused: It is a page that doesn't say who may open it.
        """
        view: Any = import_string(self.view) if isinstance(self.view, str) else self.view
        if _is_undeclared(view):
            raise Misused(
                f"The page {name!r} ({view.__name__}) doesn't say who may open it. Write access = ANYONE in its class, or "
                "access = SIGNED_IN; both are in tradepost.core.access."
            )
        served = view.as_view() if hasattr(view, "as_view") else view
        if self.is_outside_transactions:
            served = non_atomic_requests(served)
        pattern: URLPattern = path(self.pattern, served, self.kwargs, name=name)
        return pattern


def _is_undeclared(view: Any) -> bool:
    from .views.base import ShopView

    return isinstance(view, type) and issubclass(view, ShopView) and not hasattr(view, "access")


_NUMBER = "<tradepost_number:number>"
_SHOP: Mapping[str, Route] = {
    "home": Route("", f"{_VIEWS}.products.HomeView"),
    "search": Route("search/", f"{_VIEWS}.products.SearchView"),
    "category": Route("c/<slug:slug>/", f"{_VIEWS}.products.CategoryView"),
    "collection": Route("collections/<slug:slug>/", f"{_VIEWS}.products.CollectionView"),
    "product": Route("products/<slug:slug>/", f"{_VIEWS}.products.ProductView"),
    "preferences": Route("preferences/", f"{_VIEWS}.basket.PreferencesView"),
    "basket": Route("basket/", f"{_VIEWS}.basket.BasketView"),
    "basket_add": Route("basket/add/", f"{_VIEWS}.basket.AddView"),
    "basket_coupon": Route("basket/coupon/", f"{_VIEWS}.coupons.CouponView"),
    "basket_line": Route("basket/lines/<uuid:line>/", f"{_VIEWS}.basket.LineView"),
    "checkout": Route("checkout/", f"{_VIEWS}.checkout.CheckoutView"),
    "checkout_place": Route("checkout/place/", f"{_VIEWS}.checkout.PlaceView", is_outside_transactions=True),
    **{
        f"checkout_{key}": Route(f"checkout/{key}/", f"{_VIEWS}.checkout.CheckoutPageView", kwargs={"key": key})
        for key in ("details", "delivery", "payment")
    },
    "checkout_page": Route("checkout/<slug:key>/", f"{_VIEWS}.checkout.CheckoutPageView"),
    "address_fields": Route("address-fields/<slug:prefix>/", f"{_VIEWS}.address_fields.AddressFieldsView"),
    "orders": Route("orders/", f"{_VIEWS}.orders.OrderListView"),
    "order": Route(f"orders/{_NUMBER}/", f"{_VIEWS}.orders.OrderView"),
    "thanks": Route(f"orders/{_NUMBER}/thanks/", f"{_VIEWS}.orders.ThanksView"),
    "reopen": Route(f"orders/{_NUMBER}/reopen/", f"{_VIEWS}.orders.ReopenView", is_outside_transactions=True),
    "cancel": Route(f"orders/{_NUMBER}/cancel/", f"{_VIEWS}.orders.CancelView", is_outside_transactions=True),
    "sign_in": Route("account/sign-in/", f"{_VIEWS}.accounts.SignInView"),
    "sign_out": Route("account/sign-out/", f"{_VIEWS}.accounts.SignOutView"),
    "register": Route("account/register/", f"{_VIEWS}.accounts.RegisterView"),
}
_OF_PAYMENTS: Mapping[str, Route] = {
    "pay": Route(f"orders/{_NUMBER}/pay/", f"{_VIEWS}.payments.PayView", is_outside_transactions=True),
    "pay_link": Route("pay/<str:token>/", f"{_VIEWS}.payments.PayLinkView"),
    "payment": Route("payments/<uuid:uuid>/", f"{_VIEWS}.payments.PaymentView"),
    "payment_return": Route(
        "payments/<uuid:uuid>/return/", f"{_VIEWS}.payments.PaymentReturnView", is_outside_transactions=True
    ),
    "saved": Route("account/payment-methods/", f"{_VIEWS}.saved_methods.SavedMethodsView"),
    "saved_forget": Route(
        "account/payment-methods/<uuid:uuid>/forget/",
        f"{_VIEWS}.saved_methods.ForgetSavedMethodView",
        is_outside_transactions=True,
    ),
    "dummy": Route(
        "dummy/<tradepost_number:reference>/", f"{_VIEWS}.dummy.DummyBankView", is_outside_transactions=True
    ),
}
_ACCOUNT = f"{_VIEWS}.account"
_OF_ACCOUNTS: Mapping[str, Route] = {
    "account": Route("account/", f"{_ACCOUNT}.overview.OverviewView"),
    "register": Route("account/register/", f"{_ACCOUNT}.registration.RegisterView"),
    "register_link": Route("account/register/link/", f"{_ACCOUNT}.registration.RegistrationLinkView"),
    "reset": Route("account/reset/", f"{_ACCOUNT}.passwords.ResetView"),
    "reset_link": Route("account/reset/link/", f"{_ACCOUNT}.passwords.ResetLinkView"),
    "check_mail": Route("account/check-mail/", f"{_ACCOUNT}.links.CheckMailView"),
    "email_link": Route("account/change-email/", f"{_ACCOUNT}.emails.EmailLinkView"),
    "email_undo": Route("account/undo-email/", f"{_ACCOUNT}.emails.EmailUndoView"),
    "credentials": Route("account/credentials/", f"{_ACCOUNT}.passwords.CredentialsView"),
    "password_change": Route("account/credentials/password/", f"{_ACCOUNT}.passwords.PasswordChangeView"),
    "email_change": Route("account/credentials/email/", f"{_ACCOUNT}.passwords.EmailChangeView"),
    "close": Route("account/close/", f"{_ACCOUNT}.closure.CloseView"),
    "close_account": Route("account/close/confirm/", f"{_ACCOUNT}.closure.CloseActionView"),
    "devices": Route("account/devices/", f"{_ACCOUNT}.devices.DevicesView"),
    "devices_end": Route("account/devices/end/", f"{_ACCOUNT}.devices.EndOtherDevicesView"),
    "device_end": Route("account/devices/<uuid:uuid>/end/", f"{_ACCOUNT}.devices.EndDeviceView"),
    "addresses": Route("account/addresses/", f"{_ACCOUNT}.addresses.AddressListView"),
    "address_add": Route("account/addresses/add/", f"{_ACCOUNT}.addresses.AddressAddView"),
    "address": Route("account/addresses/<uuid:uuid>/", f"{_ACCOUNT}.addresses.AddressView"),
    "address_default": Route("account/addresses/<uuid:uuid>/default/", f"{_ACCOUNT}.addresses.AddressDefaultView"),
    "address_remove": Route("account/addresses/<uuid:uuid>/remove/", f"{_ACCOUNT}.addresses.AddressRemoveView"),
    "profile": Route("account/profile/", f"{_ACCOUNT}.profile.ProfileView"),
    "consents": Route("account/consents/", f"{_ACCOUNT}.consents.ConsentsView"),
    "consent": Route("account/consents/<slug:key>/", f"{_ACCOUNT}.consents.ConsentActionView"),
}


class Router:
    """All addresses of the shop, in order: the first whose pattern fits answers."""

    def __init__(self) -> None:
        optional = {"tradepost_payments": _OF_PAYMENTS, "tradepost_accounts": _OF_ACCOUNTS}
        self._routes = dict(_SHOP)
        for label, routes in optional.items():
            self._routes |= routes if label in apps.app_configs else {}

    def replace(self, name: str, view: AnyView) -> None:
        """Put another view in the place of ours, at the same address.

        Args:
            name: As in ``tradepost:product``, without the namespace.
            view: A class of views, as a rule a subclass of ours, or a function.

        Raises:
            Misused: There is no such name.
        """
        self._routes[name] = replace(self._known(name), view=view)

    def add(self, name: str, pattern: str, view: AnyView, *, is_outside_transactions: bool = False) -> None:
        """Add an address of the project's own, before ours.

        Raises:
            Misused: The name is taken: replace it.
        """
        if name in self._routes:
            raise Misused(f"The shop has an address {name!r}; put your view there with replace().")
        self._routes = {name: Route(pattern, view, is_outside_transactions), **self._routes}

    def drop(self, name: str) -> None:
        """Leave an address out. Templates that lead there have to be overridden.

        Raises:
            Misused: There is no such name.
        """
        self._known(name)
        del self._routes[name]

    def _known(self, name: str) -> Route:
        if name not in self._routes:
            raise Misused(f"The shop has no address {name!r}; there are: {', '.join(sorted(self._routes))}.")
        return self._routes[name]

    @property
    def urls(self) -> list[URLPattern]:
        """For ``include((router.urls, "tradepost"))``."""
        return [route.url(name) for name, route in self._routes.items()]
