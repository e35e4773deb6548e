"""Answers that several views give."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tradepost.core.errors import TooManyRequests, TradepostError

__all__ = ["dashboard_url", "leave_to", "local_url", "refusing", "see", "too_many"]


def dashboard_url(user: Any) -> str:
    """Where the shop's staff work, for one of them; empty for customers, and where the project has no dashboard."""
    if not (user.is_authenticated and getattr(user, "is_staff", False)):
        return ""
    try:
        return reverse("tradepost_dashboard:home")
    except NoReverseMatch:
        return ""


def see(to: str, *args: str) -> HttpResponseRedirect:
    """After a POST: look there, by GET. htmx follows and takes its part of that page."""
    return HttpResponseRedirect(resolve_url(to, *args), status=303)


def leave_to(request: HttpRequest, to: str, *args: str) -> HttpResponse:
    """Look at quite another page: where htmx asked for a part of this one, the browser goes there as a whole."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": resolve_url(to, *args)})
    return see(to, *args)


def refusing(response: HttpResponse, error: TradepostError) -> HttpResponse:
    """A page that shows a refusal, with its status; and when to come again, where it was tried too often."""
    response.status_code = 409
    if isinstance(error, TooManyRequests):
        response.status_code = 429
        response["Retry-After"] = str(error.context["retry_after"])
    return response


def too_many(request: HttpRequest, error: TooManyRequests) -> HttpResponse:
    """A page of its own that asks to wait."""
    return refusing(render(request, "tradepost/storefront/too_many.html", {"problem": str(error)}), error)


def local_url(request: HttpRequest, url: str | None, default: str) -> str:
    """An address that a visitor's form named, if it is one of ours; else another."""
    # Without a slash it would be taken for the name of an address.
    allowed = (
        url
        and "/" in url
        and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    )
    return str(url) if allowed else resolve_url(default)
