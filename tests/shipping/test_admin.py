"""Ways to deliver in the admin."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from tradepost.core.db.polymorphic import kinds_of
from tradepost.shipping.models import FlatRate, Pickup, PickupPoint, ShippingMethod, WeightTable

pytestmark = pytest.mark.django_db


def test_all_kinds_are_in_one_list(admin_client: Client) -> None:
    """Each with its kind; in the index they are one entry."""
    FlatRate.objects.create(code="flat", name="Post", currency="EUR", amount=5)
    Pickup.objects.create(code="shop", name="Our shop", currency="EUR")

    text = admin_client.get(reverse("admin:tradepost_shipping_shippingmethod_changelist")).content.decode()
    index = admin_client.get(reverse("admin:index")).content.decode()

    assert all(part in text for part in ("Our shop", "pickup", "Post", "flat rate"))
    assert reverse("admin:tradepost_shipping_shippingmethod_changelist") in index
    assert reverse("admin:tradepost_shipping_flatrate_changelist") not in index


@pytest.mark.parametrize("kind", kinds_of(ShippingMethod), ids=lambda kind: kind._meta.model_name)
def test_each_kind_has_a_form(admin_client: Client, kind: type) -> None:
    """With the fields of its own."""
    ctype = ContentType.objects.get_for_model(kind, for_concrete_model=False)

    page = admin_client.get(reverse("admin:tradepost_shipping_shippingmethod_add"), {"ct_id": ctype.pk})

    assert page.status_code == 200
    own = [field.name for field in kind._meta.local_fields if not field.primary_key]
    assert all(f'name="{name}"' in page.content.decode() for name in ["name", "currency", "zones", *own])


def test_bands_are_checked_where_they_are_written(admin_client: Client) -> None:
    """And a good table is saved."""
    ctype = ContentType.objects.get_for_model(WeightTable, for_concrete_model=False)
    url = f"{reverse('admin:tradepost_shipping_shippingmethod_add')}?ct_id={ctype.pk}"
    posted = {"name": "Post", "code": "post", "currency": "EUR", "position": 0, "tax_class": "standard", "handling": 0}

    refused = admin_client.post(url, {**posted, "bands": '[["2", "1"], ["1", "1"]]'})
    assert "Bands must ascend" in refused.content.decode()
    assert not WeightTable.objects.exists()

    saved = admin_client.post(url, {**posted, "bands": '[["1000", "4.90"]]'})
    assert saved.status_code == 302
    post = WeightTable.objects.get()
    change = reverse("admin:tradepost_shipping_shippingmethod_change", args=[post.pk])
    assert admin_client.get(change).status_code == 200


def test_a_pickup_point_with_an_unusual_postcode_is_saved_and_told(admin_client: Client) -> None:
    """When that was changed, and not when something else was."""
    method = FlatRate.objects.create(code="locker", name="Locker", currency="EUR", amount=3)
    posted = {"name": "Station", "code": "station", "methods": [method.pk], "is_active": "on", "position": 0}
    posted |= {"line1": "1 Platform Road", "city": "Berlin", "postcode": "1055", "country": "DE"}

    added = admin_client.post(reverse("admin:tradepost_shipping_pickuppoint_add"), posted, follow=True)

    row = PickupPoint.objects.get()
    warning = "Station: Please check the postcode (Germany: 5 digits, as in 10115)."
    assert row.postcode == "1055"
    assert warning in [str(message) for message in added.context["messages"]]
    change = reverse("admin:tradepost_shipping_pickuppoint_change", args=[row.pk])
    again = admin_client.post(change, {**posted, "position": 2}, follow=True)
    assert PickupPoint.objects.get().position == 2
    assert warning not in [str(message) for message in again.context["messages"]]
