"""When a delivery arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tradepost.core.dates import clock
from tradepost.shipping.checks import check_shipping
from tradepost.shipping.estimates import Calendar, Estimate, estimate
from tradepost.shipping.ports import Quote
from tradepost.shipping.services import estimate as estimate_now

WEEK = Calendar()
XMAS = Calendar(holidays=["12-25", "12-26", "2026-12-24", "01-01"])
SHOP = Calendar(weekdays=(0, 1, 2, 3, 4, 5), cut_off=16)


def days(at: str, least: int | None, most: int | None, calendar: Calendar = WEEK) -> tuple[str, str]:
    result = estimate(datetime.fromisoformat(at), least, most, calendar)
    assert result is not None
    return result.earliest.isoformat(), result.latest.isoformat()


@pytest.mark.parametrize(
    ("at", "calendar", "expected"),
    [
        ("2026-11-20T11:59", WEEK, ("2026-11-23", "2026-11-25")),  # a Friday morning
        ("2026-11-20T12:00", WEEK, ("2026-11-24", "2026-11-26")),  # too late: it is sent on Monday
        ("2026-11-21T08:00", WEEK, ("2026-11-24", "2026-11-26")),  # a Saturday
        ("2026-11-22T23:59", WEEK, ("2026-11-24", "2026-11-26")),  # a Sunday
        ("2026-11-20T15:59", SHOP, ("2026-11-21", "2026-11-24")),  # where Saturday is a working day
        ("2026-12-23T09:00", XMAS, ("2026-12-28", "2026-12-30")),  # a Wednesday; three holidays and a weekend
        ("2026-12-23T13:00", XMAS, ("2026-12-29", "2026-12-31")),
        ("2026-12-31T13:00", XMAS, ("2027-01-05", "2027-01-07")),  # over New Year
        ("2027-12-24T09:00", XMAS, ("2027-12-27", "2027-12-29")),  # the 24th was free in 2026 only
    ],
)
def test_one_to_three_working_days(at: str, calendar: Calendar, expected: tuple[str, str]) -> None:
    """Counted from the day on which it is sent, over weekends and holidays."""
    assert days(at, 1, 3, calendar) == expected


def test_no_days_arrive_on_the_day_of_sending() -> None:
    """A pickup, ready the same day."""
    assert days("2026-11-20T09:00", 0, 0) == ("2026-11-20", "2026-11-20")
    assert days("2026-11-21T09:00", 0, 0) == ("2026-11-23", "2026-11-23")


def test_what_is_not_known_is_the_other() -> None:
    """And without any days there is no estimate."""
    assert days("2026-11-20T09:00", None, 2) == days("2026-11-20T09:00", 2, None) == ("2026-11-24", "2026-11-24")
    assert estimate(datetime.fromisoformat("2026-11-20T09:00"), None, None, WEEK) is None


def test_a_cut_off_of_24_never_is_too_late_and_of_0_always() -> None:
    """The ends of the day."""
    assert days("2026-11-19T23:59", 1, 1, Calendar(cut_off=24)) == ("2026-11-20", "2026-11-20")
    assert days("2026-11-19T00:00", 1, 1, Calendar(cut_off=0)) == ("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 10, 23, 9, 59, tzinfo=UTC), "2026-10-26"),  # 11:59 in Berlin, in summer
        (datetime(2026, 10, 23, 10, 0, tzinfo=UTC), "2026-10-27"),
        (datetime(2026, 10, 26, 10, 59, tzinfo=UTC), "2026-10-27"),  # 11:59 after the clocks were set back
        (datetime(2026, 10, 26, 11, 0, tzinfo=UTC), "2026-10-28"),
        (datetime(2026, 3, 27, 23, 30, tzinfo=UTC), "2026-03-31"),  # Saturday in Berlin, the night before summer time
    ],
)
def test_the_hour_is_the_shops(moment: datetime, expected: str) -> None:
    """Whatever the clock does twice a year, and wherever the visitor is."""
    with override_settings(TIME_ZONE="Europe/Berlin"):
        result = estimate_now(Quote(code="post", name="Post", min_days=1, max_days=1), moment)

    assert result is not None
    assert result.earliest.isoformat() == expected
    assert datetime(2026, 10, 23, 9, 59, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).hour == 11


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 24), date(2026, 11, 26), "Tue 24 – Thu 26 November"),
        (date(2026, 11, 30), date(2026, 12, 2), "Mon 30 November – Wed 2 December"),
        (date(2026, 11, 24), date(2026, 11, 24), "Tue 24 November"),
        (date(2026, 12, 31), date(2027, 12, 31), "Thu 31 December – Fri 31 December"),
    ],
)
def test_an_estimate_reads_well(first: date, last: date, text: str) -> None:
    """The month once, where it is one."""
    assert str(Estimate(first, last)) == text


def test_an_estimate_speaks_the_readers_language() -> None:
    """Days and months are Django's."""
    with translation.override("de"):
        assert str(Estimate(date(2026, 11, 24), date(2026, 11, 26))) == "Di 24 – Do 26 November"


def test_a_quote_is_estimated_by_the_settings(settings: Any) -> None:
    """Working days, holidays and the hour."""
    settings.TRADEPOST_SHIPPING = {"WORKING_DAYS": [5, 6], "HOLIDAYS": ["2026-11-21"], "CUT_OFF_HOUR": 24}
    quote = Quote(code="post", name="Post", min_days=1, max_days=2)

    with clock.at(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        result = estimate_now(quote)

    assert result == Estimate(date(2026, 11, 28), date(2026, 11, 29))  # sent on Sunday the 22nd


@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    least=st.integers(0, 20),
    more=st.integers(0, 20),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
)
def test_goods_arrive_on_working_days_in_order(at: datetime, least: int, more: int, weekdays: set[int]) -> None:
    """Never before they were ordered; a later order never arrives earlier."""
    calendar = Calendar(weekdays=sorted(weekdays))
    result = estimate(at, least, least + more, calendar)
    later = estimate(at.replace(hour=23), least, least + more, calendar)

    assert result is not None
    assert later is not None
    assert at.date() <= result.earliest <= result.latest
    assert {result.earliest.weekday(), result.latest.weekday()} <= weekdays
    assert result.earliest <= later.earliest


def test_a_calendar_without_working_days_comes_to_an_end() -> None:
    """It is refused by a check; a page doesn't hang."""
    assert days("2026-11-20T09:00", 2, 2, Calendar(weekdays=())) == ("2026-11-22", "2026-11-22")


@pytest.mark.parametrize(
    ("given_settings", "expected"),
    [
        ({"WORKING_DAYS": [0, 4], "HOLIDAYS": ["12-25", "2028-02-29", "02-29"], "CUT_OFF_HOUR": 24}, []),
        ({"WORKING_DAYS": []}, ["tradepost.E301"]),
        ({"WORKING_DAYS": "01234"}, ["tradepost.E300"]),
        ({"WORKING_DAYS": [7]}, ["tradepost.E301"]),
        ({"WORKING_DAYS": [True]}, ["tradepost.E301"]),
        ({"CUT_OFF_HOUR": 25}, ["tradepost.E302"]),
        ({"CUT_OFF_HOUR": "12"}, ["tradepost.E300"]),
        ({"HOLIDAYS": "12-25"}, ["tradepost.E300"]),
        ({"HOLIDAYS": ["25.12."]}, ["tradepost.E303"]),
        ({"HOLIDAYS": ["2027-02-29"]}, ["tradepost.E303"]),
        ({"HOLIDAYS": [date(2026, 12, 24)]}, ["tradepost.E303"]),
    ],
)
def test_a_wrong_calendar_is_told_at_the_start(settings: Any, given_settings: Any, expected: list[str]) -> None:
    """With the line to write."""
    settings.TRADEPOST_SHIPPING = given_settings

    messages = check_shipping()

    assert [message.id for message in messages] == expected
    assert all(message.hint for message in messages if message.id != "tradepost.E300")
