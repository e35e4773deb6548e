"""Registration, passwords, addresses and the end of accounts.

What is asked for an address is answered alike whether it has an account or not: 202, and a mail says the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from rest_framework.decorators import action
from rest_framework.response import Response

from tradepost.accounts import services
from tradepost.api.schema.deferred import extend_schema
from tradepost.core.access import ANYONE, SIGNED_IN
from tradepost.core.requests.client_address import client_network

from .base import TradepostViewSet

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["ClosureViewSet", "EmailViewSet", "PasswordResetViewSet", "PasswordViewSet", "RegistrationViewSet"]


class _AccountViewSet(TradepostViewSet):
    """Calls that carry passwords and secrets: nothing of them is kept for a repetition."""

    tag = "auth"
    singleton = True
    remembers = False


class RegistrationViewSet(_AccountViewSet):
    """New accounts."""

    access = {"create": ANYONE, "confirm": ANYONE}
    scopes = {"create": "register", "confirm": "link"}

    @extend_schema(summary="Register", request="accounts.Registration", responses={202: None})
    def create(self, request: Request) -> Response:
        """Mails a link to the address: by it the account is made, or, where there is one, a new password chosen. The answer is
        the same in both cases.
        """
        services.request_registration(**self.read("accounts.Registration"), asker=client_network(request))
        return Response(status=202)

    @extend_schema(summary="Confirm a registration", request="accounts.RegistrationConfirmation", responses={204: None})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request) -> Response:
        """Makes the account with a password. It doesn't sign in. 409 `link_unusable` for a token that expired or was used."""
        services.confirm_registration(**self.read("accounts.RegistrationConfirmation"))
        return Response(status=204)


class PasswordResetViewSet(_AccountViewSet):
    """Forgotten passwords."""

    access = {"create": ANYONE, "confirm": ANYONE}
    scopes = {"create": "reset", "confirm": "link"}

    @extend_schema(summary="Ask for a new password", request="accounts.PasswordResetRequest", responses={202: None})
    def create(self, request: Request) -> Response:
        """Mails a link to a new password, or word that there is no account. The answer is the same in both cases."""
        services.request_password_reset(**self.read("accounts.PasswordResetRequest"), asker=client_network(request))
        return Response(status=202)

    @extend_schema(summary="Set a new password", request="accounts.PasswordReset", responses={204: None})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request) -> Response:
        """Ends all sign-ins, and doesn't sign in."""
        services.reset_password(**self.read("accounts.PasswordReset"))
        return Response(status=204)


class PasswordViewSet(_AccountViewSet):
    """The password of the signed-in user."""

    access = {"change": SIGNED_IN}

    @extend_schema(summary="Change your password", request="accounts.PasswordChange", responses={204: None})
    @action(detail=True, methods=["post"])
    def change(self, request: Request) -> Response:
        """Ends all sign-ins but the session cookie that this call came with."""
        data = self.read("accounts.PasswordChange")
        with services.counting_proof(request):
            user = services.change_password(request.user, data["current_password"], data["password"])
        if SESSION_KEY in (getattr(request, "session", None) or {}):
            update_session_auth_hash(request._request, user)  # noqa: SLF001 - Django's own, whose session is written
            services.begin_browser(request._request, user)  # noqa: SLF001 - it has another key, and is a device again
        return Response(status=204)


class EmailViewSet(_AccountViewSet):
    """The address of the signed-in user."""

    access = {"change": SIGNED_IN, "verify": SIGNED_IN, "undo": ANYONE}
    scopes = {"change": "reset", "verify": "link", "undo": "link"}

    @extend_schema(summary="Change your e-mail address", request="accounts.EmailChange", responses={202: None})
    @action(detail=True, methods=["post"])
    def change(self, request: Request) -> Response:
        """Mails a link to the new address; nothing changes before it is used. The answer is the same where that address belongs
        to another account.
        """
        data = self.read("accounts.EmailChange")
        with services.counting_proof(request):
            services.request_email_change(request.user, data["email"], data["password"])
        return Response(status=202)

    @extend_schema(summary="Confirm a new e-mail address", request="accounts.LinkToken", responses={204: None})
    @action(detail=True, methods=["post"])
    def verify(self, request: Request) -> Response:
        """Only for the account that asked for it; to others the token is `link_unusable`, and can still be used by that account.
        Ends all sign-ins; the old address is informed, and can undo it.
        """
        services.change_email(**self.read("accounts.LinkToken"), user=request.user)
        return Response(status=204)

    @extend_schema(summary="Undo a change of e-mail address", request="accounts.LinkToken", responses={204: None})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request) -> Response:
        """For the owner of the old address: it counts again, all sign-ins end, and a link to a new password is mailed there."""
        services.undo_email_change(**self.read("accounts.LinkToken"))
        return Response(status=204)


class ClosureViewSet(_AccountViewSet):
    """The end of the signed-in user's account."""

    access = {"create": SIGNED_IN}

    @extend_schema(summary="Close your account", request="accounts.Closure", responses={204: None})
    def create(self, request: Request) -> Response:
        """For good: name, addresses and sign-in are deleted. Orders are kept."""
        with services.counting_proof(request):
            services.close_account(request.user, **self.read("accounts.Closure"))
        return Response(status=204)
