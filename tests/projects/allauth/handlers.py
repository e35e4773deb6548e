"""A mailbox that django-allauth has proven is the customer's; so what was bought by it is theirs."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed, user_logged_in
from django.dispatch import receiver

from tradepost.accounts import services
from tradepost.accounts.errors import AddressTaken
from tradepost.core.errors import InvalidEmail

log = logging.getLogger(__name__)


@receiver([email_confirmed, email_changed, user_logged_in], dispatch_uid="myshop.mark_verified")
def mark_verified(sender: Any, **facts: Any) -> None:
    """Of several addresses the primary one counts. A provider that proves an address itself sends no ``email_confirmed``."""
    user = facts["user"] if "user" in facts else facts["email_address"].user
    address = EmailAddress.objects.filter(user=user, verified=True, primary=True).first()
    if address is None:
        return
    try:
        services.mark_verified(user, address.email)
    except (AddressTaken, InvalidEmail) as refusal:  # they are signed in all the same, and find no orders
        log.warning("User %s isn't known by their address: %s", user.pk, refusal.code)
