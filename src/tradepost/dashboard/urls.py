"""URLs of the dashboard; a project includes them where it wants them, as in ``path("dashboard/", include(…))``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.transaction import non_atomic_requests
from django.urls import URLPattern, path

from .pages import ListPage, RecordPage
from .registry import dashboard
from .views.actions import ActionView
from .views.bulk_actions import BulkActionView
from .views.search import SearchView
from .views.sign_in import SignInView, SignOutView

__all__ = ["app_name", "urlpatterns"]

app_name = "tradepost_dashboard"


def _of_pages() -> Iterator[URLPattern]:
    """Each page, and below it the actions of its rows; those may ask a provider, so no transaction is around them."""
    for page in dashboard.pages:
        view = page.as_view()
        yield path(page.pattern, view if page.is_atomic else non_atomic_requests(view), name=page.key)
        actions: Any = None
        if issubclass(page, RecordPage):
            actions = ActionView.as_view(page_key=page.key)
        elif issubclass(page, ListPage):
            actions = BulkActionView.as_view(page_key=page.key)
        if actions is not None:
            yield path(f"{page.pattern}act/<slug:action>/", non_atomic_requests(actions), name=f"{page.key}_act")


urlpatterns: list[URLPattern] = [
    path("sign-in/", SignInView.as_view(), name="sign_in"),
    path("sign-out/", SignOutView.as_view(), name="sign_out"),
    path("search/", SearchView.as_view(), name="search"),
    *_of_pages(),
]
