"""Ours, with the pages of django-allauth at the addresses where ours would be."""

from __future__ import annotations

from allauth.account.views import LoginView, SignupView
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from tradepost.api.routers import Router as ApiRouter
from tradepost.storefront.routers import Router

shop = Router()
shop.replace("sign_in", LoginView)
shop.replace("register", SignupView)
shop.replace("credentials", RedirectView.as_view(pattern_name="account_email"))
for name in ("register_link", "password_change", "email_change", "email_link", "email_undo"):
    shop.drop(name)

api = ApiRouter()
for key in ("auth/register", "auth/email"):  # their mails lead to the pages that are left out above
    api.drop(key)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include((api.urls, "tradepost_api"))),
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),  # for apps; leave it out otherwise
    path("", include((shop.urls, "tradepost"))),
]
