"""Links about a new address: the one that proves it, and the one by which its owner before undoes it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tradepost.accounts import services as accounts
from tradepost.accounts.base import AbstractAccountToken
from tradepost.core.access import SIGNED_IN

from ...redirects import see
from .links import LinkPageView

__all__ = ["EmailLinkView", "EmailUndoView"]


class EmailLinkView(LinkPageView):
    """Confirm a new address, signed in to the account that asked for it."""

    access = SIGNED_IN
    template_name = "tradepost/storefront/account/email_link.html"
    purpose = AbstractAccountToken.Purpose.CHANGE_EMAIL

    def use(self, **values: Any) -> None:
        """Make it the account's; this browser stays signed in."""
        self.identity = accounts.change_email(self.token, user=self.holder)
        user: Any = self.request.user
        update_session_auth_hash(self.request, user)
        accounts.begin_browser(self.request, user)

    def done(self) -> HttpResponse:
        """Back to the account."""
        text = _("Your e-mail address is %(email)s now.") % {"email": self.identity.address}
        messages.success(self.request, text)
        return see("tradepost:credentials")


class EmailUndoView(LinkPageView):
    """“This wasn't me”: the account has its earlier address again, and a new password has to be chosen."""

    template_name = "tradepost/storefront/account/email_undo.html"
    purpose = AbstractAccountToken.Purpose.UNDO_EMAIL

    def use(self, **values: Any) -> None:
        """Undo the change."""
        self.identity = accounts.undo_email_change(self.token)
        self.leave(self.identity.user_id)

    def done(self) -> HttpResponse:
        """On to the sign-in."""
        text = _(
            "Your account has its old e-mail address again, and everybody is signed out. "
            "We’ve sent a link to %(email)s: choose a new password there."
        )
        messages.success(self.request, text % {"email": self.identity.address})
        return see("tradepost:sign_in")
