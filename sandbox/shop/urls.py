"""The storefront at the root, the API with its documentation, the admin."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from . import staff_admin  # noqa: F401 — it registers the admin of users

admin.site.site_header = admin.site.site_title = settings.TRADEPOST_SHOP["NAME"]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("tradepost.api.urls")),
    path("graphql/", include("tradepost.graphql.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *([path("mailbox/", include("outgoing_mail.urls"))] if settings.MAILBOX else []),
    *([path("try-gateways/", include("provider_fakes.urls"))] if settings.FAKES else []),
    path("dashboard/", include("tradepost.dashboard.urls")),
    path("", include("tradepost.storefront.urls")),
]
