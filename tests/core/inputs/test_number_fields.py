"""Numbers and JSON in columns and forms: what one door refuses, every door refuses."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from tradepost.core.db.fields import CurrencyField
from tradepost.core.inputs import form_fields
from tradepost.core.inputs.json_values import check_json
from tradepost.testing import factories

ODD = ["NaN", "Infinity", "1_0", "1__0", "١٢", "１２", "1 0", "1e3", "0x10", "+1"]
OURS = [
    column for config in apps.get_app_configs() if config.name.startswith("tradepost.")
    for model in config.get_models() for column in model._meta.local_fields
]  # fmt: skip
NUMBERS = [
    column
    for column in OURS
    if isinstance(column, models.DecimalField | models.IntegerField)
    and not column.primary_key
    and column.name not in {"depth", "numchild"}  # of the tree, which writes them itself
    and not isinstance(column, models.PositiveBigIntegerField)  # a counter
]


@pytest.mark.parametrize("column", [c for c in NUMBERS if c.editable], ids=str)
def test_no_column_takes_what_is_no_plain_number(column: Any) -> None:
    """In the form of the admin, and where a text is given to the model."""
    field = column.formfield()
    for text in ODD:
        with pytest.raises(ValidationError):
            field.clean(text)
        with pytest.raises(ValidationError):
            column.to_python(text)
    if not column.choices:
        assert field.clean(" 1 ") == 1


LONG = [column for column in NUMBERS if isinstance(column, models.DecimalField) and column.max_digits > 15]


@pytest.mark.parametrize("column", LONG, ids=str)
def test_decimals_have_no_more_digits_than_each_database_keeps(column: Any) -> None:
    """SQLite would round the sixteenth, perhaps up to a number that the column can't have, which nobody could read again."""
    whole = column.max_digits - column.decimal_places
    sixteen = "9" * whole + "." + "9" * (16 - whole)
    with pytest.raises(ValidationError, match="more than 15 digits in all"):
        column.to_python(sixteen)
    with pytest.raises(ValidationError, match="more than 15 digits in all"):
        column.run_validators(Decimal(sixteen))
    if column.editable:
        with pytest.raises(ValidationError, match="more than 15 digits in all"):
            column.formfield().clean(sixteen)
    assert column.to_python(sixteen[:-1].rstrip(".")) == Decimal(sixteen[:-1])


@pytest.mark.django_db
@pytest.mark.parametrize("longest", ["99999999999.9999", "9999999999999.99", "999999999999999", "100000000000.001"])
def test_each_database_gives_the_longest_amount_back(longest: str) -> None:
    """To the last digit."""
    variant = factories.variant(unit_cost=Decimal(longest))
    assert type(variant).objects.get(pk=variant.pk).unit_cost == Decimal(longest)


@pytest.mark.parametrize("column", [c for c in NUMBERS if isinstance(c, models.IntegerField)], ids=str)
def test_whole_numbers_fit_every_database(column: Any) -> None:
    """SQLite would take more than 32 bits."""
    with pytest.raises(ValidationError):
        column.run_validators(2_147_483_648)


def test_every_json_column_refuses_what_is_no_json() -> None:
    """NaN, infinity, NUL and endless nesting, which a database refuses with an error of its own."""
    columns = [column for column in OURS if isinstance(column, models.JSONField)]
    assert len(columns) > 25
    deep: Any = []
    for _level in range(30):
        deep = [deep]
    for column in columns:
        for value in (math.nan, {"a": [math.inf]}, ["\0"], {"\ud800": 1}, deep):
            with pytest.raises(ValidationError):
                column.run_validators(value)
        column.run_validators({"a": [1, 1.5, "b", None, True]})


@pytest.mark.parametrize("text", ["[" * 100_000, "1" * 5000, "{", "1e"], ids=["deep", "long", "open", "half"])
def test_json_that_cannot_be_read_is_an_error_of_the_form(text: str) -> None:
    """And is shown again as it was typed."""
    field = form_fields.JsonField()
    with pytest.raises(ValidationError):
        field.clean(text)
    assert field.bound_data(text, None) == text


def test_what_json_reads_as_infinity_is_refused() -> None:
    """``1e999`` is one."""
    with pytest.raises(ValidationError):
        check_json(form_fields.JsonField().clean('{"weight": 1e999}'))


def test_currencies_of_columns_are_in_use() -> None:
    """Three capitals aren't enough: no made-up code, no withdrawn one."""
    columns = [column for column in OURS if isinstance(column, CurrencyField)]
    assert len(columns) > 5
    for column in columns:
        for code in ("XXX", "HRK", "QQQ", "eur", "EU"):
            with pytest.raises(ValidationError):
                column.run_validators(code)
        column.run_validators("XCG")


def test_capitals_and_small_letters_are_counted_as_they_are_kept() -> None:
    """``ß`` has two capitals, and ``İ`` two small letters."""
    assert form_fields.CapitalsField(max_length=2).clean(" ß") == "SS"
    with pytest.raises(ValidationError):
        form_fields.CapitalsField(max_length=1).clean("ß")
    assert form_fields.LowerEmailField().clean(" Ada@Example.com ") == "ada@example.com"
    with pytest.raises(ValidationError):
        form_fields.LowerEmailField(max_length=150).clean("İ" * 100 + "@example.com")


def test_form_fields_have_their_bounds() -> None:
    """Digits, places, least and most; nothing written is nothing."""
    amount = form_fields.NumberField(max_digits=6, decimal_places=2, min_value=0, required=False)
    assert (amount.clean("12.500"), amount.clean("")) == (Decimal("12.50"), None)
    for text in ("12.505", "10000", "-1", "NaN"):
        with pytest.raises(ValidationError):
            amount.clean(text)
    count = form_fields.CountField(min_value=1, required=False)
    assert (count.clean("7"), count.clean("7.0"), count.clean(" ")) == (7, 7, None)
    for text in ("7.5", "0", "2147483648"):
        with pytest.raises(ValidationError):
            count.clean(text)


def test_no_number_of_ours_is_read_in_another_way() -> None:
    """A form field or column of Django's own would be a door beside the reader."""
    readers = (form_fields.NumberField, form_fields.CountField, type(None))
    others = [str(column) for column in NUMBERS if not isinstance(column.formfield(), readers)]
    assert others == []
