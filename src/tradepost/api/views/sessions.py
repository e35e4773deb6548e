"""Signing in by token, refreshing, signing out, and the list of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.middleware.csrf import get_token
from django.utils.cache import add_never_cache_headers
from rest_framework.decorators import action
from rest_framework.response import Response

from tradepost.accounts import services
from tradepost.accounts.errors import SessionOver
from tradepost.accounts.models import Session
from tradepost.api.callers import refresh_cookie
from tradepost.api.conf import settings
from tradepost.api.schema.deferred import extend_schema
from tradepost.basket.services import join
from tradepost.core.access import ANYONE, SIGNED_IN
from tradepost.core.requests import rate_limits
from tradepost.core.requests.client_address import client_address
from tradepost.core.requests.sign_in import count_sign_in, give_back
from tradepost.core.shop_settings import limits

from .base import TradepostViewSet
from .baskets import UUID_REGEX

if TYPE_CHECKING:
    from rest_framework.request import Request

__all__ = ["CsrfViewSet", "SessionViewSet", "TokenViewSet"]


class _Secret(TradepostViewSet):
    """Answers that nobody stores: neither a cache, nor the memory of ``Idempotency-Key``."""

    tag = "auth"
    remembers = False

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With headers that keep it out of caches."""
        add_never_cache_headers(response)
        return super().finalize_response(request, response, *args, **kwargs)


class TokenViewSet(_Secret):
    """Tokens. Whoever calls shows an address and a password, or a refresh token; what else came with the call isn't looked at."""

    singleton = True
    access = {"create": ANYONE, "refresh": ANYONE, "revoke": ANYONE}
    serializer_keys = {"": "accounts.Tokens"}

    def get_authenticators(self) -> list[Any]:
        """None: an access token that has run out must not keep its holder from refreshing it."""
        return []

    @extend_schema(summary="Sign in by token", request="accounts.SignIn", responses={200: "accounts.Tokens"})
    def create(self, request: Request) -> Response:
        """By a verified address and the password. Each failure makes the next attempt wait longer."""
        data = self.read("accounts.SignIn")
        if data["cookie"]:
            refresh_cookie.check_csrf(request)
        counted = count_sign_in(request, data["email"])
        signed = services.sign_in(
            data["email"],
            data["password"],
            request=request._request,  # noqa: SLF001 - backends of the project want Django's
            user_agent=request.headers.get("User-Agent", ""),
            address=client_address(request),
        )
        give_back(counted)
        if data.get("basket"):
            join(data["basket"], signed.session.user)
        return self.tokens(request, signed, cookie=data["cookie"], is_new=True)

    @extend_schema(summary="Refresh an access token", request="accounts.Refresh", responses={200: "accounts.Tokens"})
    @action(detail=True, methods=["post"])
    def refresh(self, request: Request) -> Response:
        """By a refresh token, which is used up. 409 `refresh_superseded` says that another call was faster: use its answer."""
        token, in_cookie = self.shown(request)
        count_refresh(request, token)
        try:
            signed = services.refresh(token)
        except SessionOver:
            rate_limits.count("guess", request, by_address=True)
            raise
        return self.tokens(request, signed, cookie=in_cookie)

    @extend_schema(summary="Sign out", request="accounts.Refresh", responses={204: None})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request) -> Response:
        """End the session of a refresh token. The answer is the same for one that opens nothing."""
        token, in_cookie = self.shown(request)
        services.end_by_token(token)
        response = Response(status=204)
        if in_cookie:
            refresh_cookie.forget_cookie(request, response)
        return response

    def shown(self, request: Request) -> tuple[str, bool]:
        """The refresh token of a call, and whether it came in the cookie, for which CSRF is checked."""
        token = str(self.read("accounts.Refresh").get("refresh_token") or "")
        if token:
            return token, False
        token = refresh_cookie.refresh_cookie(request)
        if token:
            refresh_cookie.check_csrf(request)
        return token, bool(token)

    def tokens(self, request: Request, signed: services.SignedIn, *, cookie: bool, is_new: bool = False) -> Response:
        """The answer: an access token, and the refresh token where the caller wants it."""
        from tradepost.api.callers.access_tokens import new_access_token  # with cryptography: 14 MB

        facts = {
            "access_token": new_access_token(signed.session),
            "expires_in": int(settings().ACCESS_LIFETIME.total_seconds()),
            "session": signed.session.uuid,
        }
        if not cookie:
            return self.written("accounts.Tokens", {**facts, "refresh_token": signed.refresh_token})
        response = self.written("accounts.Tokens", facts)
        refresh_cookie.set_cookie(
            request, response, signed.refresh_token, expires=signed.session.expires_at, is_new=is_new
        )
        return response


class CsrfViewSet(_Secret):
    """The CSRF token of a browser."""

    singleton = True
    access = {"retrieve": ANYONE}
    serializer_keys = {"": "accounts.Csrf"}

    def get_authenticators(self) -> list[Any]:
        """None: it is anybody's."""
        return []

    @extend_schema(summary="Get a CSRF token", responses="accounts.Csrf")
    def retrieve(self, request: Request) -> Response:
        """For calls that carry a cookie; the answer sets the cookie that it is compared with."""
        return self.written("accounts.Csrf", {"csrf_token": get_token(request._request)})  # noqa: SLF001


class SessionViewSet(TradepostViewSet):
    """The devices on which the caller is signed in, by token or by Django's session."""

    tag = "auth"
    queryset = Session.objects.none()
    lookup_field = "uuid"
    lookup_value_regex = UUID_REGEX
    pagination_class = None
    access = {"list": SIGNED_IN, "destroy": SIGNED_IN, "end_others": SIGNED_IN}
    serializer_keys = {"": "accounts.Session"}

    @extend_schema(summary="List your devices", responses={200: "accounts.Session"})
    def list(self, request: Request) -> Response:
        """Sessions that go on, the one used last first."""
        context = {**self.get_serializer_context(), "current": current_session(request)}
        sessions = self.get_serializer(services.sessions_of(request.user), many=True, context=context)
        return Response(sessions.data)

    @extend_schema(summary="Sign a device out", responses={204: None})
    def destroy(self, request: Request, uuid: str) -> Response:
        """End one session. Its access token may read what is public for some minutes more, and nothing else."""
        services.end_one_of(request.user, uuid)
        return Response(status=204)

    @extend_schema(summary="Sign all other devices out", request=None, responses={204: None})
    @action(detail=False, methods=["post"], url_path="end-others")
    def end_others(self, request: Request) -> Response:
        """End all sessions but the one that asks."""
        services.end_others(request.user, but=current_session(request))
        return Response(status=204)


def current_session(request: Any) -> UUID | None:
    """The session whose access token came with a call, or that of the browser; ``None`` where it came by other means."""
    if request.auth is not None:
        from tradepost.api.callers.access_tokens import AccessToken

        if isinstance(request.auth, AccessToken):
            return request.auth.session_uuid
    return services.browser_of(request) if hasattr(request, "session") else None


def count_refresh(request: Any, token: str) -> None:
    """Count by session, so that an office behind one address is many.

    Raises:
        TooManyRequests: This session is refreshed too often.
    """
    if rate := limits().REFRESH:
        session = token.partition(".")[0][:36]
        rate_limits.count_against(rate_limits.key_of("refresh", session), rate_limits.parse(rate))
