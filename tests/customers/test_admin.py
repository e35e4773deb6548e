"""Customers in the admin, with groups and addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tradepost.core.dates import clock
from tradepost.customers.errors import Anonymised
from tradepost.customers.models import Address, Consent, Customer, CustomerGroup, Tier, TierMembership
from tradepost.customers.services import Agreement, anonymise, give_consent, set_tier
from tradepost.testing import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com", "x"))
    return client


@pytest.mark.parametrize("model", ["customer", "customergroup", "tier"])
def test_every_page_opens(staff: Client, model: str) -> None:
    """List, search and form of each model."""
    factories.customer(name="Anna Berg")

    assert staff.get(reverse(f"admin:tradepost_customers_{model}_changelist"), {"q": "anna"}).status_code == 200
    assert staff.get(reverse(f"admin:tradepost_customers_{model}_add")).status_code == 200


def test_a_customer_is_entered_with_an_address_and_a_group(staff: Client) -> None:
    """All three on one page."""
    group = CustomerGroup.objects.create(code="trade", name="Trade")
    address = {"name": "Anna Berg", "line1": "Weg 1", "postcode": "20095", "city": "Hamburg", "country": "DE"}

    answer = staff.post(
        reverse("admin:tradepost_customers_customer_add"),
        {
            "email": "anna@example.com",
            "name": "Anna Berg",
            "groups": [group.pk],
            "metadata": "{}",
            "tier_membership-TOTAL_FORMS": 0,
            "tier_membership-INITIAL_FORMS": 0,
            "addresses-TOTAL_FORMS": 1,
            "addresses-INITIAL_FORMS": 0,
            **{f"addresses-0-{name}": value for name, value in address.items()},
        },
    )

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    customer = Customer.objects.get()
    assert list(customer.groups.all()) == [group]
    assert str(Address.objects.get()) == "Anna Berg, Weg 1, 20095 Hamburg, Germany"


def test_an_unusual_postcode_is_saved_and_told(staff: Client) -> None:
    """When it was changed, and not when something else was."""
    customer = factories.customer(name="Anna Berg")
    url = reverse("admin:tradepost_customers_customer_change", args=[customer.pk])
    form = {
        "name": "Anna Berg",
        "metadata": "{}",
        "tier_membership-TOTAL_FORMS": 0,
        "tier_membership-INITIAL_FORMS": 0,
        "addresses-TOTAL_FORMS": 1,
        "addresses-0-name": "Anna Berg",
        "addresses-0-line1": "Weg 1",
        "addresses-0-postcode": "2009",
        "addresses-0-city": "Hamburg",
        "addresses-0-country": "DE",
    }

    added = staff.post(url, {**form, "addresses-INITIAL_FORMS": 0}, follow=True)

    row = Address.objects.get()
    warning = "Please check the postcode (Germany: 5 digits, as in 10115)."
    assert row.postcode == "2009"
    assert f"Anna Berg, Weg 1, 2009 Hamburg, Germany: {warning}" in [str(m) for m in added.context["messages"]]
    same = {**form, "addresses-INITIAL_FORMS": 1, "addresses-0-id": row.pk, "addresses-0-customer": customer.pk}
    again = staff.post(url, {**same, "addresses-0-line1": "Weg 2"}, follow=True)
    assert Address.objects.get().line1 == "Weg 2"
    assert not [message for message in again.context["messages"] if message.level_tag == "warning"]


def test_nobody_gives_themselves_another_ones_account() -> None:
    """Who may change customers but is no superuser sees whose it is; what they post for it isn't read."""
    sam = get_user_model().objects.create_user("sam", "sam@example.com", "x", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(codename__in=["view_customer", "change_customer"]))
    customer = factories.customer(name="Anna Berg")
    before, client = customer.user_id, Client()
    client.force_login(sam)
    body = {"email": "anna@example.com", "name": "Anna Bergmann", "metadata": "{}", "user": sam.pk}

    answer = client.post(reverse("admin:tradepost_customers_customer_change", args=[customer.pk]), body)

    customer.refresh_from_db()
    assert (answer.status_code, customer.name, customer.user_id) == (302, "Anna Bergmann", before)
    assert before != sam.pk


def test_defaults_are_passed_on_in_the_admin(staff: Client) -> None:
    """Two ticks are no error: the last one is it; and a deleted default is followed by another."""
    customer = factories.customer(name="Anna Berg")
    place = {"name": "Anna Berg", "postcode": "20095", "city": "Hamburg", "country": "DE"}
    url = reverse("admin:tradepost_customers_customer_change", args=[customer.pk])

    def send(initial: int, *rows: dict[str, Any]) -> Any:
        sent = {"name": "Anna Berg", "metadata": "{}"}
        sent |= {"tier_membership-TOTAL_FORMS": "0", "tier_membership-INITIAL_FORMS": "0"}
        sent |= {"addresses-TOTAL_FORMS": str(len(rows)), "addresses-INITIAL_FORMS": str(initial)}
        sent |= {
            f"addresses-{number}-{name}": value
            for number, row in enumerate(rows)
            for name, value in {**place, **row}.items()
        }
        answer = staff.post(url, sent)
        assert answer.status_code == 302, answer.context["errors"]

    def book() -> list[tuple[str, bool | None, bool | None]]:
        return list(Address.objects.order_by("pk").values_list("line1", "is_default_shipping", "is_default_billing"))

    send(0, {"line1": "Weg 1", "default_shipping": "on"}, {"line1": "Weg 2", "default_shipping": "on"})
    assert book() == [("Weg 1", None, None), ("Weg 2", True, True)]

    first, second = Address.objects.order_by("pk")
    send(
        2,
        {"id": first.pk, "customer": customer.pk, "line1": "Weg 1"},
        {"id": second.pk, "customer": customer.pk, "line1": "Weg 2", "DELETE": "on"},
    )
    assert book() == [("Weg 1", True, True)]


def post_tier(staff: Client, customer: Customer, *, groups: Any = (), shown: Any = None, **values: Any) -> Any:
    """Save a customer's page with this in the form of the tier, which was shown with something else."""
    row = TierMembership.objects.filter(customer=customer).first()
    form = {
        "email": customer.email,
        "name": customer.name,
        "metadata": "{}",
        "groups": [group.pk for group in groups],
        "addresses-TOTAL_FORMS": 0,
        "addresses-INITIAL_FORMS": 0,
        "tier_membership-TOTAL_FORMS": 1,
        "tier_membership-INITIAL_FORMS": 0 if row is None else 1,
        "tier_membership-0-id": "" if row is None else row.pk,
        "tier_membership-0-customer": customer.pk,
        **{f"tier_membership-0-{name}": value for name, value in values.items()},
        **{f"initial-tier_membership-0-{name}": value for name, value in (shown or {}).items()},
    }
    return staff.post(reverse("admin:tradepost_customers_customer_change", args=[customer.pk]), form)


def test_a_customer_is_put_into_a_tier_by_hand(staff: Client) -> None:
    """With the tier's group; without the mark the rule decides, and nobody is put anywhere."""
    customer = factories.customer(name="Anna Berg")
    group = CustomerGroup.objects.create(code="friends", name="Friends")
    tier = Tier.objects.create(code="friends", name="Friends", rank=1, group=group)

    refused = [
        post_tier(staff, customer, tier=tier.pk),
        post_tier(staff, customer, tier=tier.pk, is_by_hand="on", until_0="2020-01-01", until_1="12:00"),
    ]
    assert [answer.status_code for answer in refused] == [200, 200]
    assert not TierMembership.objects.exists()

    answer = post_tier(staff, customer, tier=tier.pk, is_by_hand="on")
    assert answer.status_code == 302, answer.context["errors"]
    row = TierMembership.objects.get()
    assert (row.tier, row.is_by_hand, row.until, list(customer.groups.all())) == (tier, True, None, [group])
    page = staff.get(reverse("admin:tradepost_customers_customer_change", args=[customer.pk]))
    assert page.status_code == 200

    shown = {"tier": tier.pk, "is_by_hand": "True"}
    assert post_tier(staff, customer, shown=shown, tier=tier.pk).status_code == 302
    row.refresh_from_db()
    assert (row.is_by_hand, row.due_at is not None) == (False, True)


def test_a_page_that_was_open_meanwhile_leaves_the_tier_alone(staff: Client) -> None:
    """A job has moved the customer, or the end is over and no job has come: the rest of the page is saved, and the tier stays
    with its group.
    """
    customer = factories.customer(name="Anna Berg")
    groups = [CustomerGroup.objects.create(code=code, name=code) for code in ("trade", "silver", "gold")]
    silver, gold = (
        Tier.objects.create(code=group.code, name=group.name, rank=rank, group=group)
        for rank, group in enumerate(groups[1:])
    )
    set_tier(customer, gold)
    TierMembership.objects.update(is_by_hand=False)
    customer.name = "Anna Bergmann"

    answer = post_tier(staff, customer, groups=groups[:2], shown={"tier": silver.pk}, tier=silver.pk)
    assert answer.status_code == 302
    row = TierMembership.objects.get()
    assert (row.tier, row.is_by_hand, [*customer.groups.order_by("pk")]) == (gold, False, [groups[0], groups[2]])
    assert Customer.objects.get().name == "Anna Bergmann"

    end = clock.now() - timedelta(minutes=5)
    TierMembership.objects.update(is_by_hand=True, until=end)
    day, time = end.date().isoformat(), end.time().isoformat("seconds")
    entry = {"tier": gold.pk, "is_by_hand": "on", "until_0": day, "until_1": time}
    assert post_tier(staff, customer, shown={**entry, "is_by_hand": "True"}, **entry).status_code == 302
    row.refresh_from_db()
    assert (row.tier, row.until) == (gold, end)


def test_nothing_is_written_over_deleted_data(staff: Client) -> None:
    """The page of an anonymised customer can be read, and no more; no tier is given either."""
    customer = anonymise(Customer.objects.create(name="Anna Berg", email="anna@example.com"))
    tier = Tier.objects.create(
        code="gold", name="Gold", rank=1, group=CustomerGroup.objects.create(code="gold", name="Gold")
    )

    page = staff.get(reverse("admin:tradepost_customers_customer_change", args=[customer.pk]))
    assert (page.status_code, b'name="name"' in page.content) == (200, False)
    assert post_tier(staff, customer, tier=tier.pk, is_by_hand="on").status_code == 403
    with pytest.raises(Anonymised):
        set_tier(customer, tier)
    assert not TierMembership.objects.exists()


def test_a_tier_is_made_and_changed(staff: Client) -> None:
    """Half a rule is refused beside its field; a changed rule has all looked at again, and a tier keeps its group."""
    group, other = (CustomerGroup.objects.create(code=code, name=code) for code in ("silver", "other"))
    form: dict[str, Any] = {"code": "silver", "name": "Silver", "rank": 1, "group": group.pk, "threshold": "100"}
    add = reverse("admin:tradepost_customers_tier_add")
    refused = staff.post(add, form)
    assert {*refused.context["adminform"].form.errors} == {"currency", "period_days"}

    form |= {"currency": "EUR", "period_days": 365}
    for wrong, attr in (
        ({"threshold": "0"}, "threshold"),
        ({"threshold": "1.001"}, "threshold"),
        ({"rank": "x"}, "rank"),
    ):
        assert {*staff.post(add, {**form, **wrong}).context["adminform"].form.errors} == {attr}
    assert staff.post(add, form).status_code == 302
    tier = Tier.objects.get()
    row = TierMembership.objects.create(customer=factories.customer(), tier=tier)
    assert (row.due_at, row.since is not None) == (None, True)

    change = reverse("admin:tradepost_customers_tier_change", args=[tier.pk])
    assert staff.post(change, {**form, "threshold": "200", "group": other.pk}).status_code == 302
    tier.refresh_from_db()
    row.refresh_from_db()
    assert (tier.threshold, tier.group, row.due_at is not None) == (200, group, True)


def test_staff_withdraw_a_consent_with_their_name(staff: Client) -> None:
    """Only what holds can be withdrawn; who may not add to the history doesn't see the button."""
    customer = factories.customer()
    page = reverse("admin:tradepost_customers_customer_change", args=[customer.pk])
    action = reverse("admin:tradepost_customer_act", args=[customer.pk, "withdraw_consent"])
    assert action not in staff.get(page).content.decode()
    for purpose in ("news", "polls"):
        give_consent(customer, Agreement(purpose, "2", "Yes.", "en"), source=Consent.Source.ACCOUNT)
    assert action in staff.get(page).content.decode()

    form = staff.get(action).context["form"]
    assert form.fields["purpose"].choices == [("news", "news"), ("polls", "polls")]
    body = {"form_key": form["form_key"].value()}
    assert staff.post(action, {**body, "purpose": "other"}).status_code == 200
    assert staff.post(action, {**body, "purpose": "polls"}).status_code == 302
    row = Consent.objects.all()[0]
    assert (row.purpose, row.is_granted, row.source, row.actor_label) == ("polls", False, "staff", "boss")
    assert "boss" in staff.get(page).content.decode()
    assert staff.get(action).context["form"].fields["purpose"].choices == [("news", "news")]

    looker = Client()
    user = get_user_model().objects.create_user("looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_customer", "view_consent"]))
    looker.force_login(user)
    assert action not in looker.get(page).content.decode()
    assert [looker.get(action).status_code, looker.post(action, {"purpose": "news"}).status_code] == [403, 403]
