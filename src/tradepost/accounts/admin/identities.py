"""Accounts in the admin: to look at, and with what staff may do about them. No secret is shown, for none is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tradepost.core.admin import ReadOnlyAdmin
from tradepost.core.errors import TradepostError

from .. import services
from ..base import AbstractEmailIdentity
from ..conf import users
from ..models import AccountToken, EmailIdentity

__all__ = ["AccountTokenAdmin", "EmailIdentityAdmin"]


@admin.register(EmailIdentity)
class EmailIdentityAdmin(ReadOnlyAdmin):
    """Proven mailboxes, and the accounts behind them."""

    list_display: Any = ("address", "user", "state", "verified_at", "kept_until")
    list_filter: ClassVar[Any] = ("is_current",)
    list_select_related: ClassVar[Any] = ("user",)
    search_fields: ClassVar[Any] = ("key", "address")
    date_hierarchy = "verified_at"
    actions: Any = ("send_reset_link", "deactivate", "reactivate")
    fields: ClassVar[Any] = ("address", "key", "user", "state", "verified_at", "kept_until", "created_at")

    @admin.display(description=_("state"))
    def state(self, row: AbstractEmailIdentity) -> str:
        """Of the address, and of the account behind it."""
        if not row.is_current:
            return str(_("Earlier address"))
        return str(_("Active") if users().is_active(row.user) else _("Deactivated"))

    @admin.action(description=_("Send a link to a new password"), permissions=["act"])
    def send_reset_link(self, request: HttpRequest, queryset: QuerySet[EmailIdentity]) -> None:
        """As if they had asked for it themselves."""
        self._each(request, queryset, lambda row: services.request_password_reset(row.address))

    @admin.action(description=_("Deactivate the accounts"), permissions=["act"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[EmailIdentity]) -> None:
        """Sign them out everywhere, and let them in no more."""
        self._each(request, queryset, lambda row: services.deactivate(row.user))

    @admin.action(description=_("Reactivate the accounts"), permissions=["act"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[EmailIdentity]) -> None:
        """Let them sign in again."""
        self._each(request, queryset, lambda row: services.reactivate(row.user))

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the user may change identities."""
        return request.user.has_perm("tradepost_accounts.change_emailidentity")

    def _each(
        self, request: HttpRequest, queryset: QuerySet[EmailIdentity], act: Callable[[AbstractEmailIdentity], None]
    ) -> None:
        """Do something to each current identity; accounts of staff are left to administrators."""
        done = 0
        for row in queryset.filter(is_current=True).select_related("user"):
            if getattr(row.user, "is_staff", False) and not getattr(request.user, "is_superuser", False):
                self.message_user(request, _("%(row)s is staff: ask an administrator.") % {"row": row}, messages.ERROR)
                continue
            try:
                act(row)
            except TradepostError as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
            else:
                done += 1
        self.message_user(request, _("Done for %(count)s accounts.") % {"count": done})


@admin.register(AccountToken)
class AccountTokenAdmin(ReadOnlyAdmin):
    """Links that were mailed. They can't be had again."""

    list_display: Any = ("purpose", "address", "created_at", "expires_at", "used_at")
    list_filter: ClassVar[Any] = ("purpose",)
    search_fields: ClassVar[Any] = ("email_key", "address")
    date_hierarchy = "created_at"
    fields: ClassVar[Any] = ("purpose", "address", "user", "created_at", "expires_at", "used_at")
