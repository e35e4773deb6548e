"""How the shop sells: what ``shop.toml`` says of types, prices, taxes, delivery, promotions and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from tradepost.accounts.services import mark_verified, write_roles
from tradepost.catalogue.models import Attribute, Category, Collection, Product, ProductType, Variant
from tradepost.core.dates import clock
from tradepost.customers.models import Address, Customer, CustomerGroup, Tier
from tradepost.customers.services import customer_for
from tradepost.inventory.models import Location, StockLevel
from tradepost.pricing.models import ExchangeRate, Price, PriceList, TaxClass, TaxRate, Zone, ZoneArea
from tradepost.pricing.services import NewPrice, convert, set_prices
from tradepost.promotions import models as promotions
from tradepost.shipping import models as shipping

__all__ = ["make_collections", "make_people", "make_prices", "make_rules", "make_tiers", "make_types"]

Data = Mapping[str, Any]


def make_types(data: Data) -> None:
    """Product types with their attributes, tax classes, the euro list, the warehouse."""
    for code in ("standard", "reduced"):
        TaxClass.objects.create(code=code, name=f"{code.capitalize()} rate")
    for entry in data["types"]:
        values = {key: entry[key] for key in ("code", "name", "tax_class") if key in entry}
        product_type = ProductType.objects.create(**values)
        for position, attribute in enumerate(entry["attributes"]):
            Attribute.objects.create(product_type=product_type, position=position, **attribute)
    for group in data["groups"]:
        CustomerGroup.objects.create(**group)
    for entry in data["price_lists"]:
        values = {
            key: entry[key] for key in ("code", "name", "currency", "priority", "rounding", "margin") if key in entry
        }
        made_list = PriceList.objects.create(**values)
        if "group" in entry:
            made_list.groups.set(CustomerGroup.objects.filter(code=entry["group"]))
    Location.objects.create(code="kiel", name="Warehouse Kiel")


def make_prices(data: Data) -> None:
    """Earlier prices of reduced goods, a lower price for many bags of tea, exchange rates, lists that follow the euro list."""
    for entry in data["exchange_rates"]:
        for days, share in ((390, Decimal("1.02")), (130, 1)):
            ExchangeRate.objects.create(
                base="EUR",
                currency=entry["currency"],
                rate=Decimal(entry["rate"]) * share,
                valid_from=clock.now() - timedelta(days=days),
            )
    for entry in data["price_lists"]:
        if "follows" in entry:
            follower = PriceList.objects.get(code=entry["code"])
            follower.converts = PriceList.objects.get(code=entry["follows"])
            follower.save()
            with clock.at(clock.now() - timedelta(days=110)):
                convert(follower)
    euros, now = PriceList.objects.get(code="eur"), clock.now()
    own = list(Price.objects.filter(price_list=euros).select_related("variant__product__product_type"))
    reduced = [(price, price.was_amount) for price in own if price.was_amount]
    for days, share in ((100, 1), (45, Decimal("0.9")), (25, 1)):  # a first sale, some weeks ago
        with clock.at(now - timedelta(days=days)):
            set_prices(euros, [NewPrice(price.variant_id, round(was * share, 2)) for price, was in reduced])
    with clock.at(now - timedelta(days=6)):
        set_prices(euros, [NewPrice(price.variant_id, price.amount, was=was) for price, was in reduced])
    food = [price for price in own if price.variant.product.product_type.code == "food"]
    set_prices(euros, [NewPrice(p.variant_id, round(p.amount * Decimal("0.92"), 2), min_quantity=5) for p in food])
    StockLevel.objects.update(low_stock_at=3)


def make_rules(data: Data) -> None:
    """Zones with their taxes, delivery, promotions."""
    for priority, entry in enumerate(data["zones"]):
        zone = Zone.objects.create(
            code=entry["code"],
            name=entry["name"],
            is_home=entry.get("home", False),
            reverse_charge=entry.get("reverse_charge", False),
            priority=priority,
        )
        ZoneArea.objects.bulk_create(ZoneArea(zone=zone, country=country) for country in entry["countries"])
        for tax_class in TaxClass.objects.filter(code__in=entry.keys()):
            rate = Decimal(entry[tax_class.code])
            percent = f"{(rate * 100).normalize():f}"
            TaxRate.objects.create(zone=zone, tax_class=tax_class, name=f"VAT {percent} %", rate=rate)
    for position, entry in enumerate(data["shipping"]):
        _make_method(dict(entry), position)
    for position, entry in enumerate(data["points"]):
        point = shipping.PickupPoint.objects.create(country="DE", position=position, **entry)
        point.methods.set(shipping.ShippingMethod.objects.filter(code="locker"))
    for entry in data["promotions"]:
        _make_promotion(entry)


def _make_method(entry: dict[str, Any], position: int) -> None:
    kind, zones, days = entry.pop("kind"), entry.pop("zones"), entry.pop("days") or [None, None]
    excluded = Product.objects.filter(slug__in=entry.pop("excluded_products", []))
    method = getattr(shipping, kind).objects.create(min_days=days[0], max_days=days[1], position=position, **entry)
    method.zones.set(Zone.objects.filter(code__in=zones))
    method.excluded_products.set(excluded)


def _make_promotion(entry: Data) -> None:
    values = {key: value for key, value in entry.items() if key not in ("conditions", "benefits", "coupon")}
    promotion = promotions.Promotion.objects.create(**values, needs_coupon="coupon" in entry)
    for part in (*entry.get("conditions", []), *entry["benefits"]):
        columns = {key: value for key, value in part.items() if key != "kind"}
        row = getattr(promotions, part["kind"])(promotion=promotion, **columns)
        row.clean_fields()  # times and amounts are texts there
        row.clean()
        row.save()
    if "coupon" in entry:
        promotions.Coupon.objects.create(promotion=promotion, **entry["coupon"])


def make_tiers(data: Data) -> None:
    """Tiers with what they are good for. Made after the orders, which were placed before the shop had any."""
    for rank, entry in enumerate(data["tiers"], start=1):
        group, _made = CustomerGroup.objects.get_or_create(code=entry["code"], defaults={"name": entry["name"]})
        rule = {"threshold": entry["threshold"], "currency": "EUR", "period_days": 365} if "threshold" in entry else {}
        Tier.objects.create(code=entry["code"], name=entry["name"], rank=rank, group=group, **rule)
        promotion = {
            "code": f"tier-{entry['code']}",
            "name": entry["name"],
            "label": entry["label"],
            "conditions": [{"kind": "CustomerGroups", "groups": [entry["code"]]}],
            "benefits": [{"kind": "PercentageOff", "target": "order", "percent": entry["percent"]}],
        }
        _make_promotion(promotion)


def make_collections(data: Data, pages: Mapping[str, str]) -> None:
    """Collections by rule and by hand; what the categories say of themselves."""
    for position, entry in enumerate(data["collections"]):
        slug = entry["name"].lower().replace(" ", "-")
        collection = Collection.objects.create(
            name=entry["name"],
            slug=slug,
            description=entry["description"],
            rule=entry.get("rule", {}),
            position=position,
        )
        collection.products.set(Product.objects.filter(slug__in=entry.get("products", [])))
    for name, description in pages.items():
        Category.objects.filter(depth=1, name=name).update(description=description)
    Variant.objects.filter(product__product_type__code="book").update(barcode="9780000000002")


def make_people(data: Data) -> None:
    """Users to sign in with, staff of each department among them, and customers without an account."""
    write_roles()
    for entry in data["users"]:
        first, last = entry["name"].split()
        user = get_user_model().objects.create_user(
            entry["username"],
            entry["email"],
            entry["password"],
            first_name=first,
            last_name=last,
            is_staff="roles" in entry or entry.get("superuser", False),
            is_superuser=entry.get("superuser", False),
        )
        user.groups.set(Group.objects.filter(name__in=[f"Tradepost: {role}" for role in entry.get("roles", [])]))
        if "city" in entry:
            mark_verified(user, entry["email"])
            customer = customer_for(user)
            customer.groups.set(CustomerGroup.objects.filter(code__in=entry.get("groups", [])))
            _address(customer, (entry["name"], *entry["city"]))
    for person in data["customers"][0]["people"]:
        email = f"{person[0].lower().replace(' ', '.')}@mail.example"
        _address(Customer.objects.create(email=email, name=person[0]), person)


def _address(customer: Any, lines: Sequence[str]) -> None:
    name, line1, postcode, city, country = lines
    Address.objects.create(
        customer=customer,
        name=name,
        line1=line1,
        postcode=postcode,
        city=city,
        country=country,
        is_default_shipping=True,
        is_default_billing=True,
    )
