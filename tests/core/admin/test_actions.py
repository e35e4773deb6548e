"""Actions of lists in the admin: who may only look, does nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tradepost.core.dates import clock
from tradepost.core.models import Delivery

READ_ONLY = {("tradepost_promotions.coupon", "download")}


def test_actions_for_who_may_look_write_nothing() -> None:
    """Each action names a permission, and those that need no more than to look are listed here, for they only read."""
    result: set[tuple[str, str]] = set()
    for model, model_admin in admin.site._registry.items():
        if not model._meta.app_label.startswith("tradepost_"):
            continue
        for action, name, _description in model_admin._get_base_actions():
            if {"view", ""} & set(getattr(action, "allowed_permissions", [""])):
                result.add((model._meta.label_lower, name))

    assert result == READ_ONLY


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("permissions", "state"), [(["view_delivery"], "dead"), (["view_delivery", "change_delivery"], "due")]
)
def test_who_may_only_look_delivers_nothing_again(permissions: list[str], state: str) -> None:
    """An event that was given up is due again for who may change deliveries."""
    user: Any = get_user_model().objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    row = Delivery.objects.create(event="e", handler="h", state=Delivery.State.DEAD, due=clock.now())

    url = reverse("admin:tradepost_core_delivery_changelist")
    client.post(url, {"action": "deliver_again", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert row.state == state
