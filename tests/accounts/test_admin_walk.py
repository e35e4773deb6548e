"""Every address of the admin: ``is_staff`` alone opens none, and a role opens the lists that it may view."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver

from tradepost.accounts.services import shop_roles, write_roles

pytestmark = pytest.mark.django_db

# Of the site itself, for everybody who may sign in to it.
OF_THE_SITE = {
    "index",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "jsi18n",
    "javascript-catalog",
    "autocomplete",  # it asks for the permission of the model that is looked up
    "view_on_site",  # leads to a page of the shop
    "app_list",  # 404 where there is nothing to list
}
OURS = [model for model in admin.site._registry if model._meta.app_label.startswith("tradepost_")]


def staff(name: str, *groups: str) -> Client:
    """Somebody who may sign in to the admin."""
    user = get_user_model().objects.create_user(name, f"{name}@example.com", "secret", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=[f"Tradepost: {group}" for group in groups]))
    client = Client()
    client.force_login(user)
    return client


def addresses(patterns: Any = None, prefix: str = "/admin/") -> Iterator[tuple[str, str]]:
    """Names and addresses, with 1 in the place of any key."""
    for pattern in admin.site.get_urls() if patterns is None else patterns:
        path = prefix + re.sub(r"<[^>]+>", "1", str(pattern.pattern).replace("^", "").replace("$", ""))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and pattern.name not in OF_THE_SITE:
            yield str(pattern.name), path


def is_closed(answer: Any) -> bool:
    """Refused, or led away since there is no such row, which is so for everybody."""
    return answer.status_code in {403, 404, 405} or (answer.status_code, answer.headers.get("Location")) == (
        302,
        "/admin/",
    )


def test_being_staff_opens_nothing() -> None:
    """Neither to read nor to write, on every address of every model, our own pages included."""
    nobody, boss = staff("nobody"), Client()
    boss.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "secret"))
    named = [(name, path) for name, path in addresses() if name != "None" and "(?P" not in path]

    opened = [
        (name, method, answer.status_code)
        for name, path in named
        for method in ("get", "post")
        if not is_closed(answer := getattr(nobody, method)(path))
    ]

    assert opened == []
    assert len(named) > 150
    assert {"tradepost_payment_operate", "tradepost_shipment_pack"} <= {name for name, _path in named}
    lists = [path for name, path in named if name.endswith("_changelist")]
    assert {boss.get(path).status_code for path in lists} == {200}  # a control


def test_a_role_sees_the_lists_that_it_may_view() -> None:
    """All of them, and no other."""
    write_roles()

    for role in shop_roles():
        client = staff(role.code, role.code)
        shown = {
            model._meta.label
            for model in OURS
            if client.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 200
        }
        assert shown == {
            model._meta.label
            for model in OURS
            if role.permissions
            & {f"{model._meta.app_label}.{verb}_{model._meta.model_name}" for verb in ("view", "change")}
        }, role.code


def test_every_action_on_a_list_asks_for_a_permission() -> None:
    """Django shows an action to all who may view the list, unless it says for whom it is."""
    site: Any = admin.site
    open_to_viewers = [
        f"{model._meta.label}: {name}"
        for model in OURS
        for function, name, _text in site._registry[model]._get_base_actions()
        if not getattr(function, "allowed_permissions", ())
    ]

    assert open_to_viewers == []
