"""Register and sign in by django-allauth, and find the guest's order in the account; prints what was seen."""

from __future__ import annotations

import os
import re
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.projects.allauth.settings"
django.setup()

from django.core import mail  # noqa: E402 - once Django is there
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tradepost.accounts.models import EmailIdentity, Session  # noqa: E402
from tradepost.core.inputs.email_keys import email_key  # noqa: E402
from tradepost.orders.models import Order  # noqa: E402
from tradepost.testing import factories as make  # noqa: E402

EMAIL, PASSWORD = "Ada@example.com", "quiet-harbour-7"


def say(*facts: object) -> None:
    """Write a line."""
    sys.stdout.write(" ".join(map(str, facts)) + "\n")


def main() -> None:
    """One line for each step."""
    call_command("migrate", verbosity=0)
    setup_test_environment()
    order = make.order()
    Order.objects.filter(pk=order.pk).update(email=EMAIL, email_key=email_key(EMAIL), customer=None)
    client = Client()

    client.post("/account/register/", {"email": EMAIL, "password1": PASSWORD})
    say("before the proof:", EmailIdentity.objects.count(), Order.objects.get().customer)
    [path] = re.findall(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    client.get(path)
    say("after opening the link:", EmailIdentity.objects.count())
    client.post(path)
    identity = EmailIdentity.objects.get()
    say("after its button:", identity.key, Order.objects.get().customer.user == identity.user)

    client = Client()
    client.post("/account/sign-in/", {"login": EMAIL, "password": PASSWORD})
    overview, own = client.get("/account/").content.decode(), client.get("/api/v1/auth/me/")
    say("signed in:", order.number in overview, own.status_code, own.json()["email"])
    say("devices:", Session.objects.filter(user=identity.user, ended_at=None, browser_key__isnull=False).count())


main()
