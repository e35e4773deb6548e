"""Many coupons in one go."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.forms import filled_in
from tradepost.core.errors import Invalid
from tradepost.promotions import services
from tradepost.promotions.models import Coupon, PercentageOff
from tradepost.promotions.services import batches
from tradepost.promotions.services.batches import ALPHABET
from tradepost.testing import factories as make

pytestmark = pytest.mark.django_db


def command(*args: Any, **options: Any) -> list[dict[str, str]]:
    """Output of the command."""
    out = io.StringIO()
    call_command("tradepost_coupons", *args, stdout=out, **options)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_thousands_are_made_by_a_few_queries() -> None:
    """All different, without letters that are taken for others."""
    promotion = make.promotion()

    with CaptureQueriesContext(connection) as seen:
        coupons = services.make_coupons(promotion, 3000, prefix="spring-", batch="mail", customer_limit=1)

    codes = {coupon.code for coupon in coupons}
    assert (len(codes), Coupon.objects.filter(batch="mail", usage_limit=1, customer_limit=1).count()) == (3000, 3000)
    assert all(code.startswith("SPRING-") and len(code) == 15 for code in codes)
    assert set("".join(code[7:] for code in codes)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("B8IL1O0S5Z2")
    assert len([query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]) <= 40


def test_a_code_that_is_taken_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """By chance it may come up."""
    promotion = make.promotion(coupon="TAKEN")
    drawn = iter(["TAKEN", "FIRST", "FIRST", "OTHER"])
    monkeypatch.setattr(batches, "_draw", lambda prefix, length: next(drawn))

    assert [coupon.code for coupon in services.make_coupons(promotion, 2)] == ["FIRST", "OTHER"]


@pytest.mark.parametrize("values", [{"count": 0}, {"length": 4}, {"count": 10, "prefix": "X" * 33}])
def test_codes_that_could_be_guessed_or_do_not_fit_are_not_made(values: dict[str, Any]) -> None:
    """Nothing is written."""
    with pytest.raises(Invalid):
        services.make_coupons(make.promotion(), **{"count": 1000, **values})

    assert not Coupon.objects.exists()


def test_the_command_writes_what_it_made() -> None:
    """As CSV, ready for a mailing."""
    make.promotion("spring")

    rows = command("spring", 3, prefix="S-", length=6, batch="may", until="2027-01-31T23:59")
    free = command("spring", 1, uses=0, uses_by_customer=1)

    assert [row["code"] for row in rows] == list(Coupon.objects.filter(batch="may").values_list("code", flat=True))
    assert rows[0] | {"code": ""} == {
        "code": "",
        "promotion": "spring",
        "batch": "may",
        "usage_limit": "1",
        "customer_limit": "",
        "used": "0",
        "starts_at": "",
        "ends_at": "2027-01-31T23:59:00+00:00",
    }
    assert Coupon.objects.filter(batch="may", ends_at=datetime(2027, 1, 31, 23, 59, tzinfo=UTC)).count() == 3
    assert (free[0]["usage_limit"], free[0]["customer_limit"]) == ("", "1")


@pytest.mark.parametrize(
    ("args", "options"),
    [
        (("nope", 1), {}),
        (("spring", 0), {}),
        (("spring", 1), {"until": "soon"}),
        (("spring", 1), {"until": "2027-13-01T00:00"}),
    ],
)
def test_the_command_says_what_is_wrong(args: Any, options: Any) -> None:
    """And makes nothing."""
    make.promotion("spring")

    with pytest.raises(CommandError):
        command(*args, **options)
    assert not Coupon.objects.exists()


def test_chosen_coupons_are_downloaded(admin_client: Client) -> None:
    """Of a batch, for example."""
    coupons = services.make_coupons(make.promotion("spring"), 3, batch="may")
    url = reverse("admin:tradepost_promotions_coupon_changelist")

    answer = admin_client.post(url, {"action": "download", "_selected_action": [coupons[0].pk, coupons[2].pk]})

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer["Content-Type"].startswith("text/csv")
    assert [(row["code"], row["promotion"]) for row in rows] == [
        (coupons[0].code, "spring"),
        (coupons[2].code, "spring"),
    ]
    assert admin_client.get(url, {"batch": "may"}).status_code == 200


def test_staff_make_a_batch_on_a_page(admin_client: Client) -> None:
    """They are found by its name; the promotion's page stays small, and can be saved."""
    promotion = make.promotion("spring", needs_coupon=True)
    PercentageOff.objects.create(promotion=promotion, percent=10)
    url = reverse("admin:tradepost_promotion_act", args=[promotion.pk, "coupons"])
    change = reverse("admin:tradepost_promotions_promotion_change", args=[promotion.pk])

    asked = {"count": 1200, "batch": "mailing", "begin": "spring-", "length": 8, "usage_limit": 1}
    answer = admin_client.post(url, filled_in(asked))
    refused = admin_client.post(url, filled_in({**asked, "length": 4}))

    assert answer.headers["Location"] == change
    assert "make them longer" in refused.content.decode()
    assert Coupon.objects.filter(batch="mailing", code__startswith="SPRING-", usage_limit=1).count() == 1200
    page = admin_client.get(change)
    assert url in page.content.decode()
    formset = next(s.formset for s in page.context["inline_admin_formsets"] if s.formset.prefix == "coupons")
    shown = [row.instance.code for row in formset.initial_forms]
    assert shown == list(Coupon.objects.order_by("pk").values_list("code", flat=True)[:10])
    sent = {"name": "Spring", "code": "spring", "priority": 3, "needs_coupon": "on", "is_active": "on"}
    sent |= {"conditions-TOTAL_FORMS": 0, "conditions-INITIAL_FORMS": 0, "benefits-TOTAL_FORMS": 0}
    sent |= {"benefits-INITIAL_FORMS": 0, "coupons-TOTAL_FORMS": 10, "coupons-INITIAL_FORMS": 10}
    for number, row in enumerate(formset.initial_forms):
        sent |= {f"coupons-{number}-id": row.instance.pk, f"coupons-{number}-promotion": promotion.pk}
        sent |= {f"coupons-{number}-code": row.instance.code, f"coupons-{number}-usage_limit": 2}
        sent |= {f"coupons-{number}-is_active": "on"}

    assert admin_client.post(change, sent).status_code == 302
    promotion.refresh_from_db()
    assert (promotion.priority, Coupon.objects.filter(usage_limit=2).count(), Coupon.objects.count()) == (3, 10, 1200)


def test_who_may_not_add_coupons_makes_none(client: Client, django_user_model: Any) -> None:
    """The permission to change promotions isn't enough."""
    promotion = make.promotion("spring", needs_coupon=True)
    eve = django_user_model.objects.create_user("eve", is_staff=True)
    eve.user_permissions.set(Permission.objects.filter(codename__in=["change_promotion", "view_promotion"]))
    client.force_login(eve)
    url = reverse("admin:tradepost_promotion_act", args=[promotion.pk, "coupons"])

    assert client.get(url).status_code == 403
    page = client.get(reverse("admin:tradepost_promotions_promotion_change", args=[promotion.pk]))
    assert url not in page.content.decode()


def test_a_name_that_reads_as_a_formula_is_harmless_in_the_file() -> None:
    """A spreadsheet would calculate with it."""
    promotion = make.promotion()
    Coupon.objects.create(promotion=promotion, code="-10", batch='=HYPERLINK("http://x")')
    out = io.StringIO(newline="")

    batches.write_coupons(Coupon.objects.select_related("promotion"), out)

    row = next(csv.DictReader(io.StringIO(out.getvalue())))
    assert (row["code"], row["batch"], row["used"]) == ("'-10", '\'=HYPERLINK("http://x")', "0")
