"""Ports of the storefront."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tradepost.basket.base import AbstractBasket
    from tradepost.checkout.services import CheckoutView

__all__ = ["CheckoutPage", "Forms"]

Forms = Mapping[str, Any]


class CheckoutPage:
    """One page of the checkout: a heading, a form, and what was said in short once it is done.

    The pages are shown one below the other; the first that isn't done is open. ``TRADEPOST_STOREFRONT["CHECKOUT_PAGES"]`` names
    them in order. A page of a project's own sets the attributes and writes :meth:`save`; the others have defaults.

    Attributes:
        key: In addresses (``checkout/{key}/``, ``checkout/?step={key}``): small letters, digits, ``-`` and ``_``.
        title: Its heading, for people.
        form_class: Its form; none where the template has one of its own.
        template_name: Of the open page. It is given ``page`` (see :class:`tradepost.storefront.views.checkout.Step`), ``view``,
            ``form`` and whatever else :meth:`get_context` says; the default shows the form's fields.
        summary_template_name: Of the page in short; empty for none.
        requirements: Fields that it asks for: a requirement whose ``attr`` is one of them opens this page, and is told on it.
        places_order: It is the last, where the order is placed; its form is posted to ``checkout_place``, and is a subclass of
            :class:`tradepost.storefront.forms.PlaceForm`.
    """

    key: str = ""
    title: Any = ""
    form_class: type[forms.Form] | None = None
    template_name: str = "tradepost/storefront/_page_form.html"
    summary_template_name: str = ""
    requirements: frozenset[str] | tuple[str, ...] = ()
    places_order: bool = False

    def is_shown(self, view: CheckoutView) -> bool:
        """Whether this checkout has the page at all: delivery is asked for where something is shipped."""
        return True

    def is_done(self, view: CheckoutView) -> bool:
        """Whether the buyer has said enough here: nothing of what the page asks for is missing.

        A page that nothing requires is done from the start, unless it says otherwise here.
        """
        return not {missing.attr for missing in view.requirements}.intersection(self.requirements)

    def get_initial(self, request: HttpRequest, view: CheckoutView) -> Mapping[str, Any]:
        """The form's content before anything is typed, such as an earlier answer."""
        return {}

    def get_context(self, request: HttpRequest, view: CheckoutView, *, is_open: bool) -> Forms:
        """The context of its templates.

        Args:
            is_open: Its form is shown; else it is shown in short, or waits.
        """
        if not is_open or self.form_class is None:
            return {}
        return {"form": self.form_class(initial=dict(self.get_initial(request, view)))}

    def accept(self, request: HttpRequest, basket: AbstractBasket) -> CheckoutView | Forms:
        """Take what was posted: check it by the form, then :meth:`save` it.

        Returns:
            What the service says; or a part of the context with the forms that have errors, and the page is shown again.

        Raises:
            TradepostError: A service refused it; the page says why.
        """
        if self.form_class is None:
            return self.save(basket, {})
        form = self.form_class(request.POST)
        return self.save(basket, form.cleaned_data) if form.is_valid() else {"form": form}

    def save(self, basket: AbstractBasket, data: Mapping[str, Any]) -> CheckoutView:
        """Write down what was said, as a rule by :func:`tradepost.checkout.services.update`, and return what that returns.

        Raises:
            TradepostError: A service refused it.
        """
        raise NotImplementedError
