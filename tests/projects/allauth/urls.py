"""Ours, with the pages of django-allauth at the addresses where ours would be."""

from __future__ import annotations

from allauth.account.views import LoginView, PasswordResetView, SignupView
from django.urls import include, path

from tradepost.storefront.routers import Router

shop = Router()
shop.replace("sign_in", LoginView)
shop.replace("register", SignupView)
shop.replace("reset", PasswordResetView)
for name in (
    "register_link",
    "reset_link",
    "email_link",
    "email_undo",
    "credentials",
    "password_change",
    "email_change",
):
    shop.drop(name)

urlpatterns = [
    path("api/v1/", include("tradepost.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include((shop.urls, "tradepost"))),
]
