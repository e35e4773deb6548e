"""A mailbox that django-allauth has proven is the customer's; so what was bought by it is theirs."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from tradepost.accounts import services


@receiver(email_confirmed, dispatch_uid="myshop.mark_verified")
def mark_verified(email_address: Any, **kwargs: Any) -> None:
    services.mark_verified(email_address.user, email_address.email)
