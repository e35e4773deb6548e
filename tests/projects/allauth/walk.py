"""Register and sign in by django-allauth in each of its ways, and find the guest's order in the account; prints what was seen."""

from __future__ import annotations

import base64
import hmac
import os
import re
import struct
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.projects.allauth.settings"
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - once Django is there
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tradepost.accounts import services  # noqa: E402
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
    by_page()
    by_provider()
    by_app()
    by_second_factor()
    of_another()


def a_guests_order(email: str) -> Order:
    """Placed by who has no account."""
    order = make.order()
    Order.objects.filter(pk=order.pk).update(email=email, email_key=email_key(email), customer=None)
    return order


def buyer(order: Order) -> str:
    """Whose order it is by now."""
    customer = Order.objects.get(pk=order.pk).customer
    return "nobody" if customer is None else customer.email


def link() -> str:
    """The path of the link that was mailed last."""
    [path] = re.findall(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    return str(path)


def by_page() -> None:
    """Its pages, at the addresses where ours would be; then our tokens."""
    order, client = a_guests_order(EMAIL), Client()
    client.post("/account/register/", {"email": EMAIL, "password1": PASSWORD})
    say("before the proof:", EmailIdentity.objects.count(), buyer(order))
    client.get(link())
    say("after opening the link:", EmailIdentity.objects.count())
    client.post(link())
    say("after its button:", EmailIdentity.objects.get().key, buyer(order))

    client = Client()
    client.post("/account/sign-in/", {"login": EMAIL, "password": PASSWORD})
    overview, own = client.get("/account/").content.decode(), client.get("/api/v1/auth/me/")
    say("signed in:", order.number in overview, own.status_code, own.json()["email"])
    say("devices:", Session.objects.filter(ended_at=None, browser_key__isnull=False).count())
    say("password and address:", client.get("/account/credentials/")["Location"])
    say("our token:", token(EMAIL), "of staff:", token(str(staff())))


def token(name: str) -> int:
    """The status of a sign-in by our API."""
    data = {"email": name, "password": PASSWORD}
    return Client().post("/api/v1/auth/token/", data, content_type="application/json").status_code


def staff() -> object:
    """Made by ``createsuperuser``: without a proven address."""
    return get_user_model()._default_manager.create_superuser("boss", "boss@example.com", PASSWORD)


def by_provider() -> None:
    """A provider that has proven the address, and one that hasn't."""
    for email, proven in (("sol@example.com", "on"), ("luz@example.com", "")):
        order, client = a_guests_order(email), Client()
        page = client.post("/accounts/dummy/login/")["Location"]
        client.post(page, {"id": str(order.pk), "email": email, "email_verified": proven})
        say("by a provider:", buyer(order), client.get("/api/v1/auth/me/").status_code)


def by_app() -> None:
    """Its calls for apps, whose session token our API believes."""
    app = Client(headers={"X-Session-Token": ""})
    answer = app.post(
        "/_allauth/app/v1/auth/login", {"email": EMAIL, "password": PASSWORD}, content_type="application/json"
    )
    shown = Client(headers={"X-Session-Token": answer.json()["meta"]["session_token"]})
    say("by an app:", shown.get("/api/v1/auth/me/").json()["email"], shown.get("/api/v1/orders/").json()["count"])
    say("with a made-up token:", Client(headers={"X-Session-Token": "x"}).get("/api/v1/auth/me/").status_code)


def by_second_factor() -> None:
    """Who has added one is asked for it."""
    client = Client()
    client.post("/account/sign-in/", {"login": EMAIL, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    [secret] = re.findall(r'value="([A-Z2-7]{32})"', client.get("/accounts/2fa/totp/activate/").content.decode())
    client.post("/accounts/2fa/totp/activate/", {"code": totp(secret)})

    client = Client()
    first = client.post("/account/sign-in/", {"login": EMAIL, "password": PASSWORD})
    say("with the password alone:", first["Location"], client.get("/api/v1/auth/me/").status_code)
    client.post(first["Location"], {"code": totp(secret, steps=1)})
    say("with the code:", client.get("/api/v1/auth/me/").status_code)


def totp(secret: str, steps: int = 0) -> str:
    """The code that a phone shows (RFC 6238). Each code is taken once, so the second is the one after the present."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


def of_another() -> None:
    """One mailbox, written in two ways: the second account is made, and finds nothing."""
    owner = get_user_model()._default_manager.create_user("ann")
    services.mark_verified(owner, "ann@xn--mnchen-3ya.de")
    get_user_model()._default_manager.filter(pk=owner.pk).update(email="")
    client = Client()
    client.post("/account/register/", {"email": "ann@m\u00fcnchen.de", "password1": PASSWORD})
    say("another's mailbox:", client.post(link()).status_code, EmailIdentity.objects.get(user=owner).key)


main()
