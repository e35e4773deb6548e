"""Keys of integrations: shown once, bounded by scopes and role, and ended at once."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tradepost.accounts import services
from tradepost.accounts.errors import ApiKeyRefused, ScopesRefused
from tradepost.accounts.models import ApiKey
from tradepost.accounts.services.expiry import forget_old_access
from tradepost.basket.models import Basket
from tradepost.core.actors import Actor, By
from tradepost.core.dates import clock
from tradepost.core.errors import Invalid, Misused
from tradepost.customers.models import Customer
from tradepost.orders import services as orders
from tradepost.orders.models import Order
from tradepost.testing import factories
from tradepost.testing.queries import count_queries

pytestmark = pytest.mark.django_db
TRY_BASKETS, VIEW_PROMOTION = "tradepost_basket.dry_run_basket", "tradepost_promotions.view_promotion"
DRY_RUN = "/api/v1/staff/dry-run/"


def staff(name: str, *permissions: str, **values: Any) -> Any:
    """A user with these permissions."""
    user = get_user_model().objects.create_user(name, f"{name}@example.com", "secret", **{"is_staff": True, **values})
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


@pytest.fixture
def boss() -> Any:
    """May do everything."""
    return staff("boss", is_superuser=True)


@pytest.fixture
def robot() -> Any:
    """The user of an integration, who may do dry runs and look at promotions."""
    return staff("robot", TRY_BASKETS, VIEW_PROMOTION)


def key_of(user: Any, *scopes: str, by: Any, **values: Any) -> services.NewKey:
    """A new key."""
    return services.create_key("Warehouse", user=user, scopes=scopes, by=by, **values)


def ask(key: str, *, scheme: str = "Api-Key", path: str = DRY_RUN) -> Any:
    """The calls that staff may make: 400 says that the door was open."""
    return Client().post(path, {}, content_type="application/json", headers={"Authorization": f"{scheme} {key}"})


def test_a_key_is_told_once(robot: Any, boss: Any) -> None:
    """Of which a hash and a prefix are kept."""
    new = key_of(robot, TRY_BASKETS, by=boss)

    row = ApiKey.objects.get()
    _tp, mode, prefix, secret = new.text.split("_", 3)
    assert (mode, len(prefix), len(secret)) == ("live", 8, 43)
    assert (row.prefix, row.digest) == (prefix, sha256(new.text.encode()).hexdigest())
    assert (row.scopes, row.user, row.created_by) == ([TRY_BASKETS], robot, boss)
    assert secret not in str(vars(row)) + repr(new.row)


def test_a_test_key_is_seen_to_be_one(robot: Any, boss: Any, settings: Any) -> None:
    """On a developer's machine."""
    settings.DEBUG = True

    assert key_of(robot, by=boss).text.startswith("tp_test_")


@pytest.mark.parametrize("scope", ["nonsense", "tradepost_orders.view_nothing", "", "auth.add_user"])
def test_nobody_gives_more_than_they_have(robot: Any, scope: str) -> None:
    """Nor what is no permission; nothing is made."""
    maker = staff("maker", TRY_BASKETS)

    with pytest.raises(ScopesRefused) as refusal:
        key_of(robot, TRY_BASKETS, scope, by=maker)

    assert refusal.value.context == {"attr": "scopes", "scopes": [scope]}
    assert not ApiKey.objects.exists()


def test_an_end_in_the_past_is_refused(robot: Any, boss: Any) -> None:
    """It would never open anything."""
    with pytest.raises(Invalid) as refusal:
        key_of(robot, by=boss, expires_at=clock.now())

    assert refusal.value.context["attr"] == "expires_at"
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("scopes", "status"),
    [((TRY_BASKETS, VIEW_PROMOTION), 400), ((TRY_BASKETS,), 403), ((), 403)],
)
def test_a_key_may_what_its_scopes_say(robot: Any, boss: Any, scopes: tuple[str, ...], status: int) -> None:
    """Of what its user may."""
    assert ask(key_of(robot, *scopes, by=boss).text).status_code == status


def test_and_no_more_than_its_user(boss: Any) -> None:
    """However wide its scopes are; also where the role becomes smaller later, and who isn't staff opens nothing."""
    clerk = staff("clerk", TRY_BASKETS)
    new = key_of(clerk, TRY_BASKETS, VIEW_PROMOTION, by=boss)
    assert ask(new.text).status_code == 403

    clerk.user_permissions.add(Permission.objects.get(codename="view_promotion"))
    assert ask(new.text).status_code == 400
    clerk.is_staff = False
    clerk.save()
    assert ask(new.text).status_code == 403


def test_a_superusers_key_has_its_scopes_only(boss: Any) -> None:
    """Whatever asks: for a permission, for all of them, for being one."""
    user = services.open_key(key_of(boss, TRY_BASKETS, by=boss).text).user

    assert [user.has_perm(p) for p in (TRY_BASKETS, VIEW_PROMOTION)] == [True, False]
    assert user.has_perms([TRY_BASKETS, VIEW_PROMOTION]) is False
    assert [user.has_module_perms(app) for app in ("tradepost_basket", "tradepost_orders")] == [True, False]
    assert (user.is_superuser, user.get_all_permissions()) == (False, {TRY_BASKETS})
    with pytest.raises(Misused):
        user.save()
    boss.refresh_from_db()
    assert boss.is_superuser


def test_a_key_has_nothing_of_its_own(robot: Any, boss: Any) -> None:
    """Neither basket nor orders nor account: those are people's. What is public it reads."""
    key = key_of(robot, TRY_BASKETS, by=boss).text
    headers = {"Authorization": f"Api-Key {key}"}

    for path, status in (
        ("auth/me/", 403),
        ("auth/sessions/", 403),
        ("basket/", 403),
        ("orders/", 403),
        ("categories/", 200),
    ):
        assert Client().get(f"/api/v1/{path}", headers=headers).status_code == status, path
    basket = Client().post("/api/v1/baskets/", {}, content_type="application/json", headers=headers)
    assert (basket.status_code, Basket.objects.exists(), Customer.objects.exists()) == (403, False, False)


@pytest.mark.parametrize("scheme", ["Api-Key", "api-key", "API-KEY"])
def test_the_scheme_is_read_in_any_case(robot: Any, boss: Any, scheme: str) -> None:
    """As HTTP has it."""
    assert ask(key_of(robot, TRY_BASKETS, VIEW_PROMOTION, by=boss).text, scheme=scheme).status_code == 400


def test_what_is_no_key_is_401(robot: Any, boss: Any) -> None:
    """One letter changed, cut off, another scheme, nonsense."""
    text = key_of(robot, TRY_BASKETS, VIEW_PROMOTION, by=boss).text
    other = text[:-1] + ("a" if text[-1] != "a" else "b")

    for wrong in (other, text[:-1], f"{text}x", text.replace("live", "test"), "", "\x00", "é", "tp_live_"):
        answer = ask(wrong)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "api_key_refused"), wrong
    assert ask(text, scheme="Bearer").status_code == 401
    assert ApiKey.objects.get().last_used_at is None


def test_a_key_in_an_address_is_refused(robot: Any, boss: Any) -> None:
    """It stands in logs by then, and says so; also beside a right header."""
    text = key_of(robot, TRY_BASKETS, VIEW_PROMOTION, by=boss).text

    for name in ("api_key", "key", "x"):
        answer = Client().get(f"/api/v1/categories/?{name}={text}", headers={"Authorization": f"Api-Key {text}"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "api_key_in_address")


def test_a_key_ends(robot: Any, boss: Any) -> None:
    """By being revoked, by its end, with its user; each at once."""
    revoked, expiring, orphan = (
        key_of(user, TRY_BASKETS, VIEW_PROMOTION, by=boss, expires_at=end)
        for user, end in ((robot, None), (robot, clock.now() + timedelta(days=1)), (staff("gone"), None))
    )
    services.revoke_key(revoked.row)
    get_user_model().objects.filter(username="gone").update(is_active=False)

    assert ask(revoked.text).status_code == 401
    assert ask(orphan.text).status_code == 401
    assert ask(expiring.text).status_code == 400
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(ApiKeyRefused):
        services.open_key(expiring.text)


def test_the_last_use_is_noted_once_a_minute(robot: Any, boss: Any) -> None:
    """One query a call, two where it is noted."""
    text = key_of(robot, by=boss).text
    noon = clock.now()
    for seconds, queries in ((0, 2), (59, 1), (60, 2)):
        with clock.at(noon + timedelta(seconds=seconds)), count_queries() as sent:
            services.open_key(text)
        assert len(sent) == queries
    assert ApiKey.objects.get().last_used_at == noon + timedelta(seconds=60)


def test_an_integration_acts_by_the_rights_of_staff(robot: Any, boss: Any) -> None:
    """And histories name the key, not its user."""
    order = orders.create(factories.draft())
    user = services.open_key(key_of(robot, by=boss).text).user

    by = By.user(user)
    orders.apply(order, "cancel", by=by)

    event = Order.objects.get(pk=order.pk).events.get(kind="cancel")
    assert (by.kind, by.rights) == (Actor.INTEGRATION, Actor.STAFF)
    assert (event.actor_kind, event.actor_label, event.actor_id) == ("api_key", "Warehouse", robot.pk)
    assert By.user(robot).kind is Actor.STAFF


def test_keys_are_forgotten_a_month_after_their_end(robot: Any, boss: Any) -> None:
    """Those that go on stay."""
    key_of(robot, by=boss)
    services.revoke_key(key_of(robot, by=boss).row)
    key_of(robot, by=boss, expires_at=clock.now() + timedelta(days=1))

    with clock.at(clock.now() + timedelta(days=32)):
        assert forget_old_access() == 2
    assert ApiKey.objects.count() == 1


class TestAdmin:
    """Made and revoked in the admin."""

    ADD = "/admin/tradepost_accounts/apikey/add/"

    def test_the_new_key_is_shown_once(self, robot: Any, boss: Any, client: Client) -> None:
        """On the answer's page, which no cache keeps, and nowhere later."""
        client.force_login(boss)
        form = {"name": "Warehouse", "user": robot.pk, "scopes": [TRY_BASKETS, VIEW_PROMOTION]}
        answer = client.post(self.ADD, {**form, "expires_at_0": "", "expires_at_1": ""})

        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
        row = ApiKey.objects.get()
        text = answer.context["key"]
        assert (text in answer.content.decode(), row.digest) == (True, sha256(text.encode()).hexdigest())
        assert (row.user, row.created_by, row.scopes) == (robot, boss, [TRY_BASKETS, VIEW_PROMOTION])
        assert ask(text).status_code == 400
        for page in ("", f"{row.pk}/change/"):
            shown = client.get(f"/admin/tradepost_accounts/apikey/{page}")
            assert shown.status_code == 200
            assert text not in shown.content.decode()
            assert row.digest not in shown.content.decode()

    def test_only_ones_own_permissions_can_be_chosen(self, robot: Any, client: Client) -> None:
        """A choice that isn't on offer is refused, and nothing is made; nor is a key that has ended."""
        client.force_login(staff("maker", TRY_BASKETS, "tradepost_accounts.add_apikey"))
        form = {"name": "x", "user": robot.pk, "expires_at_0": "", "expires_at_1": ""}

        page = client.get(self.ADD).content.decode()
        answers = [
            client.post(self.ADD, {**form, "scopes": [VIEW_PROMOTION]}),
            client.post(
                self.ADD, {**form, "scopes": [TRY_BASKETS], "expires_at_0": "2020-01-01", "expires_at_1": "0:0"}
            ),
        ]

        assert (TRY_BASKETS in page, VIEW_PROMOTION in page) == (True, False)
        assert [sorted(answer.context["adminform"].form.errors) for answer in answers] == [["scopes"], ["expires_at"]]
        assert not ApiKey.objects.exists()

    def test_keys_and_devices_are_ended(self, robot: Any, boss: Any, client: Client) -> None:
        """By actions, for those who may."""
        new, signed = key_of(robot, by=boss), services.begin(robot)
        for user, ended in (
            (staff("looks", "tradepost_accounts.view_apikey", "tradepost_accounts.view_session"), False),
            (boss, True),
        ):
            client.force_login(user)
            client.post("/admin/tradepost_accounts/apikey/", {"action": "revoke", "_selected_action": [new.row.pk]})
            client.post(
                "/admin/tradepost_accounts/session/", {"action": "end", "_selected_action": [signed.session.pk]}
            )
            new.row.refresh_from_db()
            signed.session.refresh_from_db()
            assert (new.row.revoked_at is not None, signed.session.end_reason == "ended") == (ended, ended)
