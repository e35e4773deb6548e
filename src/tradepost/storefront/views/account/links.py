"""The bases of pages that have a link mailed, and of those behind such a link.

Opening a link changes nothing, since mail programs and scanners open links, too: the page asks, and its button does it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from tradepost.accounts import services as accounts
from tradepost.accounts.base import AbstractAccountToken
from tradepost.accounts.errors import LinkUnusable
from tradepost.core.access import ANYONE
from tradepost.core.errors import TooManyRequests, TradepostError
from tradepost.core.requests import rate_limits

from ...account.links import forget_token, keep_token, kept_token
from ...redirects import refusing, see, too_many
from ..base import PrivatePageView
from .base import accepts

__all__ = ["CheckMailView", "LinkPageView", "MailPageView", "spoken_language"]

Purpose = AbstractAccountToken.Purpose
_MAILED = "tradepost_mailed"


def spoken_language() -> str:
    """The language of this page as the project's ``LANGUAGES`` call it; empty where it is none of them."""
    try:
        code = translation.get_supported_language_variant(translation.get_language() or "")
    except LookupError:
        return ""
    return code if code in dict(settings.LANGUAGES) else ""


class MailPageView(PrivatePageView):
    """A page that asks for an address and has a link mailed to it, and says the same whoever's address that is.

    Attributes:
        form_class: Its form, with a field ``email``.
        scope: Of the rate limit, as in ``TRADEPOST_LIMITS``.
        purpose: Of the token in the link, which leads to this page's own address.
        link_page: Name of the page that uses the token.
    """

    access = ANYONE
    form_class: type[forms.Form]
    scope = ""
    purpose: ClassVar[Purpose]
    link_page = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; with a token, on to the page that uses it."""
        return keep_token(request, self.purpose, self.link_page) if "token" in request.GET else self.render()

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The form, empty or with what is wrong in it."""
        return super().get_context(**{"form": self.form_class(), **facts})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Have the link mailed."""
        form = self.form_class(request.POST)
        try:
            rate_limits.count(self.scope, request)
            if not accepts(form, self.request_mail):
                return self.render(status=422, form=form)
        except TooManyRequests as error:
            return refusing(self.render(form=form, problem=str(error)), error)
        request.session[_MAILED] = form.cleaned_data["email"]
        return see("tradepost:check_mail")

    def request_mail(self, **values: Any) -> None:
        """Ask the service for the mail.

        Raises:
            TradepostError: It refused.
        """
        raise NotImplementedError


class CheckMailView(PrivatePageView):
    """After a link was asked for: the same page for everybody."""

    access = ANYONE
    template_name = "tradepost/storefront/account/check_mail.html"

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The address as it was typed."""
        return super().get_context(email=self.request.session.get(_MAILED, ""), **facts)


class LinkPageView(PrivatePageView):
    """A page behind a link in a mail.

    Attributes:
        purpose: Of the token.
        form_class: What it asks for; nothing but a click by default.
        again: Name of the page that has a new link mailed; empty where there is none.
    """

    access = ANYONE
    purpose: ClassVar[Purpose]
    form_class: type[forms.Form] = forms.Form
    again = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The question, or that the link is too old. A token in the address is put away first."""
        if "token" in request.GET and request.resolver_match is not None:
            return keep_token(request, self.purpose, f"tradepost:{request.resolver_match.url_name}")
        return self._answer(self.render)

    def get_context(self, **facts: Any) -> dict[str, Any]:
        """The token's row, and the form.

        Raises:
            LinkUnusable: The token can't be used.
        """
        row = accounts.peek(self.purpose, self.token, user=self.holder)
        form = self.form_class(initial=self.get_initial(row))
        return super().get_context(**{"form": form, "address": row.address, **self.get_facts(row), **facts})

    def get_facts(self, row: AbstractAccountToken) -> dict[str, Any]:
        """The context of the page besides the form and the address."""
        return {}

    def get_initial(self, row: AbstractAccountToken) -> dict[str, Any]:
        """The form's content before anything is typed."""
        return {}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Use the token."""
        return self._answer(self._use)

    def _use(self) -> HttpResponse:
        form = self.form_class(self.request.POST)
        rate_limits.count("link", self.request)
        if not accepts(form, self.use):
            return self.render(status=422, form=form)
        forget_token(self.request, self.purpose)
        return self.done()

    def _answer(self, make: Any) -> HttpResponse:
        try:
            answer: HttpResponse = make()
        except TooManyRequests as error:
            return too_many(self.request, error)
        except LinkUnusable as error:
            return self._unusable(str(error))
        except TradepostError as error:
            return refusing(self.render(problem=str(error)), error)
        return answer

    def _unusable(self, problem: str) -> HttpResponse:
        page = PrivatePageView(template_name="tradepost/storefront/account/link_unusable.html")
        page.setup(self.request)
        return page.render(status=410, problem=problem, again=self.again)

    @property
    def holder(self) -> Any:
        """The only user who may use the token; ``None`` where whoever has the link may."""
        return self.request.user if self.access.needs_account else None

    def admits(self, request: HttpRequest) -> bool:
        """A link is put away for whoever has to sign in first, so that its token isn't in the address they come back to."""
        return (request.method in ("GET", "HEAD") and "token" in request.GET) or super().admits(request)

    @property
    def token(self) -> str:
        """The secret."""
        return kept_token(self.request, self.purpose)

    def leave(self, user_id: Any) -> None:
        """Sign this browser out where it was that user's: its session ended with all others, and can't be written any more."""
        if self.request.user.pk == user_id:
            logout(self.request)

    def use(self, **values: Any) -> None:
        """Call the service that uses the token up.

        Raises:
            TradepostError: It refused.
        """
        raise NotImplementedError

    def done(self) -> HttpResponse:
        """The answer once it was used."""
        raise NotImplementedError
