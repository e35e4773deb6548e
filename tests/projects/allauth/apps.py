"""A mailbox that django-allauth has proven is the customer's; so what was bought by it is theirs."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "tests.projects.allauth"
    label = "shop"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed

        email_confirmed.connect(mark_verified, dispatch_uid="myshop.mark_verified")


def mark_verified(email_address: Any, **kwargs: Any) -> None:
    from tradepost.accounts import services

    services.mark_verified(email_address.user, email_address.email)
