"""A customer's own description: phone number, birth date, language."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tradepost.core.dates import clock
from tradepost.core.dates.days import start_of_day
from tradepost.core.errors import Invalid
from tradepost.core.inputs.phones import PhoneInvalid
from tradepost.customers import services
from tradepost.customers.models import Customer
from tradepost.testing import factories

pytestmark = pytest.mark.django_db
HOME = {"name": "Ada", "line1": "Graben 1", "city": "Wien", "postcode": "1010", "country": "AT"}


def numbers() -> list[tuple[str, str, str]]:
    return list(Customer.objects.values_list("phone", "phone_e164", "phone_extension"))


def test_a_number_is_read_by_the_country_of_the_default_address() -> None:
    """One with its own code isn't; what nobody can call is refused, and nothing changes."""
    ada = factories.customer()
    services.add_address(ada, HOME)

    services.update(ada, phone="01 58858")
    assert numbers() == [("01 58858", "+43158858", "")]
    services.update(ada, phone="+49 30 123456 ext 7")
    assert numbers() == [("+49 30 123456 ext 7", "+4930123456", "7")]
    with pytest.raises(PhoneInvalid):
        services.update(ada, name="Eve", phone="1")
    assert numbers() == [("+49 30 123456 ext 7", "+4930123456", "7")]
    assert Customer.objects.get().name == ""

    services.update(ada, phone="")
    assert numbers() == [("", "", "")]


def test_an_old_number_stands_in_nobodys_way() -> None:
    """A profile and an address are saved as a whole; what wasn't changed isn't read again."""
    ada = factories.customer(phone="ask at the desk")
    row = services.add_address(ada, HOME)
    row.phone = "ask at the desk"
    row.save()

    services.update(ada, name="Ada", phone="ask at the desk")
    changed = services.change_address(row, {"name": "Ada B"})

    assert Customer.objects.get().name == "Ada"
    assert (changed.name, changed.phone) == ("Ada B", "ask at the desk")


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2026, 3, 2)])
def test_nobody_is_born_in_the_future_or_long_ago(day: date) -> None:
    """By the shop's day; the day itself is one."""
    ada = factories.customer(birth_date=date(1990, 1, 1))
    with clock.at(start_of_day(date(2026, 3, 1))):
        with pytest.raises(Invalid) as refusal:
            services.update(ada, name="Eve", birth_date=day)
        assert refusal.value.context == {"attr": "birth_date"}
        assert Customer.objects.values_list("name", "birth_date").get() == ("", date(1990, 1, 1))

        services.update(ada, birth_date=date(2026, 3, 1))
        services.update(ada, name="Ada")
        assert Customer.objects.get().birth_date == date(2026, 3, 1)
        services.update(ada, birth_date=None)
        assert Customer.objects.get().birth_date is None


def test_staff_find_a_number_however_it_was_typed(settings: Any) -> None:
    """By the shop's country, or with its code; the admin keeps both forms, and asks nothing of what isn't changed."""
    settings.TRADEPOST_SHOP = {"COUNTRY": "DE"}
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss"))
    ada, _bob = factories.customer(name="Ada", phone="old"), factories.customer(name="Bob")
    url, listed = (
        reverse("admin:tradepost_customers_customer_change", args=[ada.pk]),
        reverse("admin:tradepost_customers_customer_changelist"),
    )
    sent = {"name": "Ada B", "metadata": "{}", "addresses-TOTAL_FORMS": "0", "addresses-INITIAL_FORMS": "0"}
    sent |= {"tier_membership-TOTAL_FORMS": "0", "tier_membership-INITIAL_FORMS": "0"}

    assert client.post(url, {**sent, "phone": "old"}).status_code == 302
    assert client.post(url, {**sent, "phone": "1"}).context["adminform"].form.errors["phone"] == [
        "This can’t be a phone number. Please check it."
    ]
    assert client.post(url, {**sent, "phone": "030 / 12 34 56"}).status_code == 302

    assert Customer.objects.values_list("name", "phone", "phone_e164").get(pk=ada.pk) == (
        "Ada B",
        "030 / 12 34 56",
        "+4930123456",
    )
    for typed in ("030 123456", "+49 30 123 456", "Ada"):
        assert list(client.get(listed, {"q": typed}).context["cl"].result_list) == [ada], typed
    assert list(client.get(listed, {"q": "030 999999"}).context["cl"].result_list) == []
