"""Roles as groups: written by a command, compared with what they say, and given by nobody who has less."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import path

from tests.departments import department
from tradepost.accounts import services
from tradepost.accounts.roles import ADMINISTRATOR
from tradepost.accounts.roles.user_admin import GuardedUserMixin
from tradepost.core.access import existing_permissions
from tradepost.core.admin.sign_in import limit_sign_in
from tradepost.core.errors import Misused

DEPARTMENTS = ["catalogue", "orders", "finance", "support", "marketing"]
# What only administrators have: rows that services alone write, and what belongs to running the shop's machines.
ADMINISTRATORS_ONLY = {
    "tradepost_core",
    "tradepost_api",
    "tradepost_accounts",
    "tradepost_checkout",
    "tradepost_dashboard",
}
User = get_user_model()


class StaffAdmin(GuardedUserMixin, UserAdmin):
    """As a project writes it."""


site = admin.AdminSite("guarded")
site.register(User, StaffAdmin)
plain = admin.AdminSite("plain")
plain.register(User, UserAdmin)
limit_sign_in(site)  # a check of ours asks it of every site in the process
limit_sign_in(plain)
urlpatterns = [path("guarded/", site.urls), path("plain/", plain.urls)]


def run(*args: str) -> str:
    """Output of the command."""
    out = StringIO()
    call_command("tradepost_roles", *args, stdout=out)
    return out.getvalue()


def permissions_of(group: str) -> set[str]:
    """By name."""
    rows = Permission.objects.filter(group__name=group).select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


def member(name: str, *groups: str, **values: Any) -> Any:
    """Staff with some roles."""
    user = User.objects.create_user(name, f"{name}@example.com", "secret", is_staff=True, **values)
    user.groups.set(Group.objects.filter(name__in=[f"Tradepost: {group}" for group in groups]))
    return user


def test_every_role_names_permissions_that_exist() -> None:
    """Five departments, and who may do all."""
    assert [role.code for role in services.shop_roles()] == [*DEPARTMENTS, ADMINISTRATOR]
    assert {role.code: role.permissions - existing_permissions() for role in services.shop_roles()} == {
        code: frozenset() for code in [*DEPARTMENTS, ADMINISTRATOR]
    }


def test_every_permission_to_view_is_in_a_department_or_is_for_administrators() -> None:
    """A new model is given to somebody."""
    roles = {role.code: role.permissions for role in services.shop_roles()}
    ours = {name for name in existing_permissions() if name.startswith("tradepost_")}
    given = frozenset[str]().union(*(roles[code] for code in DEPARTMENTS))
    to_view = {name for name in ours - given if ".view_" in name and name.partition(".")[0] not in ADMINISTRATORS_ONLY}

    assert to_view == set()
    assert roles[ADMINISTRATOR] == ours


def test_money_and_overrides_are_in_few_hands() -> None:
    """Exactly these."""
    holders = {
        name: [role.code for role in services.shop_roles() if name in role.permissions]
        for name in (
            "tradepost_payments.move_money",
            "tradepost_payments.book_by_hand",
            "tradepost_orders.credit_order",
            "tradepost_orders.override_order",
            "tradepost_customers.change_customer",
            "tradepost_pricing.change_taxrate",
        )
    }

    assert holders == {
        "tradepost_payments.move_money": ["finance", ADMINISTRATOR],
        "tradepost_payments.book_by_hand": ["finance", ADMINISTRATOR],
        "tradepost_orders.credit_order": ["orders", "finance", ADMINISTRATOR],
        "tradepost_orders.override_order": ["orders", ADMINISTRATOR],
        "tradepost_customers.change_customer": ["support", ADMINISTRATOR],
        "tradepost_pricing.change_taxrate": ["finance", ADMINISTRATOR],
    }


@pytest.mark.django_db
def test_nothing_is_there_before_the_command() -> None:
    """No migration makes groups."""
    assert not Group.objects.exists()
    with pytest.raises(CommandError, match="6 groups differ"):
        run("--check")
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_the_command_writes_groups_and_is_safe_to_repeat() -> None:
    """A group of the project's own, and the members of ours, stay as they are."""
    own = Group.objects.create(name="orders")
    assert "Tradepost: finance (new)\n  + tradepost_customers.view_address" in run()
    ada = member("ada", "orders")

    assert run() == "Every group is as its role says.\n"
    assert run("--check") == "Every group is as its role says.\n"
    assert {role.group_name: permissions_of(role.group_name) for role in services.shop_roles()} == {
        role.group_name: role.permissions for role in services.shop_roles()
    }
    assert list(ada.groups.values_list("name", flat=True)) == ["Tradepost: orders"]
    assert not own.permissions.exists()


@pytest.mark.django_db
def test_drift_is_shown_and_mended() -> None:
    """In both directions; a check changes nothing."""
    run()
    group = Group.objects.get(name="Tradepost: marketing")
    group.permissions.remove(Permission.objects.get(codename="add_coupon"))
    group.permissions.add(Permission.objects.get(codename="move_money"))
    before = permissions_of(group.name)

    [change] = services.role_changes()
    assert (change.missing, change.surplus) == (
        ("tradepost_promotions.add_coupon",),
        ("tradepost_payments.move_money",),
    )
    with pytest.raises(CommandError, match="1 groups differ"):
        run("--check")
    assert permissions_of(group.name) == before

    assert "  + tradepost_promotions.add_coupon\n  - tradepost_payments.move_money\n" in run()
    assert services.role_changes() == []


@pytest.mark.django_db
def test_a_project_adds_replaces_and_leaves_out_roles(settings: Any) -> None:
    """A group whose role is gone is emptied, and not deleted: it has members."""
    run()
    stays = member("sam", "support")
    settings.TRADEPOST_ACCOUNTS = {
        "ROLES": {
            "warehouse": ("tradepost_inventory.view_stocklevel", "tradepost_inventory.change_stocklevel"),
            "marketing": ("tradepost_promotions.view_promotion",),
            "support": None,
        }
    }
    run()

    assert permissions_of("Tradepost: warehouse") == {
        "tradepost_inventory.view_stocklevel",
        "tradepost_inventory.change_stocklevel",
    }
    assert permissions_of("Tradepost: marketing") == {"tradepost_promotions.view_promotion"}
    assert permissions_of("Tradepost: support") == set()
    assert stays.groups.count() == 1
    assert services.role_changes() == []


@pytest.mark.django_db
def test_permissions_of_apps_that_are_absent_are_left_out(settings: Any) -> None:
    """So that one list of roles serves two shops."""
    settings.TRADEPOST_ACCOUNTS = {"ROLES": {"vendors": ("shop_vendors.view_vendor", "tradepost_orders.view_order")}}
    run()

    assert permissions_of("Tradepost: vendors") == {"tradepost_orders.view_order"}


@pytest.mark.django_db
def test_an_unknown_permission_is_refused_and_reported(settings: Any) -> None:
    """By the command, which writes nothing, and by a check with the nearest name."""
    settings.TRADEPOST_ACCOUNTS = {"ROLES": {"warehouse": ("tradepost_inventory.change_stocklevl",)}}

    with pytest.raises(CommandError, match="change_stocklevl"):
        run()
    assert not Group.objects.exists()
    [message] = [check for check in run_checks(tags=["tradepost"]) if check.id == "tradepost.E166"]
    assert message.hint == "Did you mean 'tradepost_inventory.change_stocklevel'?"


def test_a_role_that_is_a_text_is_reported(settings: Any) -> None:
    """The comma of a tuple is easily forgotten."""
    settings.TRADEPOST_ACCOUNTS = {"ROLES": {"warehouse": "tradepost_inventory.change_stocklevel"}}

    [message] = [check for check in run_checks(tags=["tradepost"]) if check.id == "tradepost.E165"]
    assert "'warehouse'" in message.msg


@pytest.mark.django_db
def test_permissions_that_migrate_has_not_made_are_named() -> None:
    """Nothing is written before they are there."""
    Permission.objects.filter(codename="move_money").delete()

    with pytest.raises(Misused, match=r"Run migrate first: there is no tradepost_payments\.move_money"):
        services.write_roles()
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_show_prints_and_writes_nothing() -> None:
    """Customers among them, who have no group."""
    shown = run("--show")

    assert shown.startswith("customer: no group")
    assert "finance: group “Tradepost: finance”\n" in shown
    assert "  tradepost_payments.move_money\n" in shown
    assert not Group.objects.exists()


@pytest.fixture
def people(db: None) -> dict[str, Any]:
    """An administrator who may also keep users, one of support who may, and those above and beside them."""
    run()
    keepers = Group.objects.create(name="people")
    keepers.permissions.set(Permission.objects.filter(content_type__app_label="auth", content_type__model="user"))
    record = {
        "boss": User.objects.create_superuser("boss", "boss@example.com", "secret"),
        "admin": member("admin", "administrator"),
        "sam": member("sam", "support"),
        "tim": member("tim", "support"),
        "fin": member("fin", "finance"),
        "gone": member("gone", "administrator", is_active=False),
        "customer": User.objects.create_user("customer", "customer@example.com", "secret"),
    }
    for name in ("admin", "sam"):
        record[name].groups.add(keepers)
    return record


@pytest.mark.parametrize(
    ("editor", "may"),
    [
        ("boss", {"boss", "admin", "sam", "tim", "fin", "gone", "customer"}),
        ("admin", {"admin", "sam", "tim", "fin", "gone", "customer"}),
        ("sam", {"sam", "tim", "customer"}),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_nobody_edits_those_who_have_more(people: dict[str, Any], editor: str, may: set[str]) -> None:
    """Neither the account nor its password, nor is it deleted; an inactive administrator is one."""
    client = Client()
    client.force_login(people[editor])

    def changed(target: Any) -> bool:
        url = f"/guarded/auth/user/{target.pk}/password/"
        client.post(url, {"password1": "aHarderSecret9", "password2": "aHarderSecret9", "usable_password": "true"})
        page = client.post(f"/guarded/auth/user/{target.pk}/change/", {"username": target.username, "first_name": "X"})
        can_delete = client.get(f"/guarded/auth/user/{target.pk}/delete/").status_code == 200
        has_new = User.objects.get(pk=target.pk).check_password("aHarderSecret9")
        answers = (has_new, page.status_code != 403, can_delete)
        assert answers in {(True, True, True), (False, False, False)}
        return has_new

    others = {name: user for name, user in people.items() if name != editor}

    assert {name for name, user in others.items() if changed(user)} == may - {editor}


@override_settings(ROOT_URLCONF=__name__)
def test_nobody_gives_what_they_do_not_have(people: dict[str, Any]) -> None:
    """Not to themselves either: neither a group, a permission nor the superuser's mark that is sent all the same."""
    client = Client()
    client.force_login(people["sam"])
    finance = Group.objects.get(name="Tradepost: finance")
    support = Group.objects.get(name="Tradepost: support")
    money = Permission.objects.get(codename="move_money")
    sent = {
        "username": "tim",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [money.pk],
        "date_joined_0": "2026-11-30",
        "date_joined_1": "12:00:00",
    }
    url = f"/guarded/auth/user/{people['tim'].pk}/change/"

    refused = client.post(url, {**sent, "groups": [support.pk, finance.pk]})
    assert refused.status_code == 200
    assert "groups" in refused.context["adminform"].form.errors
    assert client.post(url, {**sent, "groups": [support.pk]}).status_code == 302

    tim = User.objects.get(username="tim")
    assert (tim.is_superuser, tim.user_permissions.count(), [group.name for group in tim.groups.all()]) == (
        False,
        0,
        ["Tradepost: support"],
    )


@override_settings(ROOT_URLCONF=__name__)
def test_without_the_mixin_they_do(people: dict[str, Any]) -> None:
    """The control: Django's own admin makes whoever may change users a superuser."""
    client = Client()
    client.force_login(people["sam"])
    sent = {
        "username": "tim",
        "is_superuser": "on",
        "date_joined_0": "2026-11-30",
        "date_joined_1": "12:00:00",
    }

    assert client.post(f"/plain/auth/user/{people['tim'].pk}/change/", sent).status_code == 302
    assert User.objects.get(username="tim").is_superuser


@pytest.mark.django_db
def test_a_department_of_the_tests_is_the_one_of_the_shop() -> None:
    """With the same permissions, and nothing of the others."""
    groups = {role.code: department(role.code) for role in services.shop_roles()}

    assert services.role_changes() == []
    assert {group.name for group in groups.values()} == {role.group_name for role in services.shop_roles()}
