"""Base classes of the shop's pages and buttons.

A page of a project's own is a subclass that adds to :meth:`PageView.get_context`, put in the place of ours by
:meth:`tradepost.storefront.routers.Router.replace`. Where another address answers with a page, as a refused "add to basket" does
with the product's, :func:`page` finds the project's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar
from urllib.parse import unquote

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from tradepost.core import versions
from tradepost.core.access import Access
from tradepost.core.inputs.numbers import InvalidNumber, read_count
from tradepost.core.requests.outage_page import outage_page

from ..account.menu import has_accounts

__all__ = ["ActionView", "PageView", "PrivatePageView", "ShopView", "page", "page_of"]

P = TypeVar("P", bound="PageView")


class ShopView(View):
    """The base of pages and buttons: where the database is gone or a disk is full, a plain page says so.

    Attributes:
        access: Who may open it; with ``SIGNED_IN`` others are led to sign in first. Each page says so, itself or by its base:
            the router refuses one that doesn't.
    """

    access: ClassVar[Access]

    @versions.one_reading()  # under ASGI no signal begins a reading where a view runs
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer.

        Raises:
            PermissionDenied: Who is signed in may not open it.
        """
        try:
            if not self.admits(request):
                if request.user.is_authenticated:
                    raise PermissionDenied
                return redirect_to_login(request.get_full_path(), reverse("tradepost:sign_in"))
            if has_accounts():
                _touch_browser(request)
            return super().dispatch(request, *args, **kwargs)
        except (OperationalError, OSError) as error:
            template = "tradepost/storefront/unavailable.html"
            return outage_page(error, request=request, sender=type(self), template=template)

    def admits(self, request: HttpRequest) -> bool:
        """Whether this visitor is answered at all, as ``access`` says."""
        return self.access.allows(request.user)


def _touch_browser(request: HttpRequest) -> None:
    from tradepost.accounts.services import touch_browser

    touch_browser(request)


class PageView(ShopView):
    """A page: a template, and what it is given.

    Attributes:
        template_name: Of the page; a project's template of the same name comes first.
    """

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page."""
        return self.render()

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The context of the template; a subclass adds to ``super().get_context(**facts)``.

        Args:
            **facts: What only this answer knows, such as ``problem``, why something was refused.
        """
        return facts

    def render(self, *, status: int = 200, **facts: Any) -> HttpResponse:
        """The page as an answer.

        Raises:
            Http404: What it is about isn't there, or isn't this visitor's.
        """
        return render(self.request, self.template_name, self.get_context(**facts), status=status)


@method_decorator(never_cache, name="dispatch")
class PrivatePageView(PageView):
    """A page that no cache keeps, not even the browser's: it shows what is one visitor's own."""


def page_of(rows: Paginator, query: Mapping[str, str]) -> Page:
    """The page of a list that a query string asks for: the first where it says none, the last where it says too many."""
    try:
        number = read_count(query.get("page") or 1, attr="page", least=1)
    except InvalidNumber:
        number = 1
    return rows.get_page(number)


class ActionView(ShopView):
    """A button: what its form posts is done by a service, and the answer is another page."""


def page(request: HttpRequest, name: str, stock: type[P], **kwargs: str) -> P:
    """The page that has a name in the project's URLs, ready to be rendered as the answer to this request.

    Args:
        request: Whatever was asked for.
        name: Of the URL, without its namespace: ``product``.
        stock: Our page, which answers where the project serves that address by something else than a subclass of it.
        **kwargs: Of the URL.
    """
    view: P | None = None
    address = unquote(reverse(f"tradepost:{name}", kwargs=kwargs or None))
    try:
        served: Any = resolve("/" + address.removeprefix(get_script_prefix())).func
    except Resolver404:
        served = None
    cls = getattr(served, "view_class", None)
    if isinstance(cls, type) and issubclass(cls, stock):
        view = cls(**served.view_initkwargs)
    view = view or stock()
    view.setup(request, **kwargs)
    return view
