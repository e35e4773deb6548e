from __future__ import annotations

import logging

from tradepost.core.events import subscribe
from tradepost.customers.events import ConsentChanged
from tradepost.customers.models import Customer

logger = logging.getLogger(__name__)


def tell_newsletter(event: ConsentChanged) -> None:
    """Put a customer on the list of recipients, or take them off it."""
    if event.purpose == "newsletter":
        customer = Customer.objects.get(pk=event.customer_id)
        logger.info("%s %s", "add" if event.is_granted else "remove", customer.email)


subscribe(ConsentChanged, tell_newsletter)  # in ready() of an app of yours
