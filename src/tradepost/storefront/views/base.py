"""What pages and buttons of the shop are made of.

A page of a project's own is a subclass that adds to :meth:`PageView.get_context`, put in the place of ours by
:meth:`tradepost.storefront.routers.Router.replace`. Where another address answers with a page, as a refused "add to basket" does
with the product's, :func:`page` finds the project's.
"""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

__all__ = ["ActionView", "PageView", "PrivatePageView", "page"]

P = TypeVar("P", bound="PageView")


class PageView(View):
    """A page: a template, and what it is given.

    Attributes:
        template_name: Of the page; a project's template of the same name comes first.
    """

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page."""
        return self.render()

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """What the template is given; a subclass adds to ``super().get_context(**facts)``.

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


class ActionView(View):
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
