"""Values of typed attributes are checked against the type's schema."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tradepost.catalogue.attributes import clean_attributes
from tradepost.catalogue.models import Attribute

Kind = Attribute.Kind
SCHEMA = [
    Attribute(code="material", name="Material", kind=Kind.CHOICE, choices=["oak", "beech"], required=True),
    Attribute(code="height", name="Height", kind=Kind.NUMBER, unit="cm"),
    Attribute(code="washable", name="Washable", kind=Kind.BOOLEAN),
    Attribute(code="rooms", name="Rooms", kind=Kind.CHOICES, choices=["hall", "bath"]),
    Attribute(code="made_on", name="Made on", kind=Kind.DATE),
    Attribute(code="note", name="Note", kind=Kind.TEXT),
]


def test_gives_values_in_the_schemas_order_and_types() -> None:
    """Numbers are whole where they can be; empty values are left out."""
    values = {
        "note": "",
        "made_on": "2026-02-28",
        "rooms": ["bath"],
        "washable": False,
        "height": "12.0",
        "material": "oak",
    }

    cleaned = clean_attributes(values, SCHEMA)

    assert list(cleaned.items()) == [
        ("material", "oak"),
        ("height", 12),
        ("washable", False),
        ("rooms", ["bath"]),
        ("made_on", "2026-02-28"),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Material is required."),
        ({"material": "steel"}, "steel isn't a valid value for Material."),
        ({"material": "oak", "height": "tall"}, "tall isn't a valid value for Height."),
        ({"material": "oak", "height": "NaN"}, "NaN isn't a valid value for Height."),
        ({"material": "oak", "height": True}, "True isn't a valid value for Height."),
        ({"material": "oak", "washable": "yes"}, "yes isn't a valid value for Washable."),
        ({"material": "oak", "rooms": ["cellar"]}, "['cellar'] isn't a valid value for Rooms."),
        ({"material": "oak", "rooms": "bath"}, "bath isn't a valid value for Rooms."),
        ({"material": "oak", "made_on": "31.12.2026"}, "31.12.2026 isn't a valid value for Made on."),
        ({"material": "oak", "note": 3}, "3 isn't a valid value for Note."),
        ({"material": "oak", "weight": 3}, "Unknown attribute: weight."),
    ],
)
def test_refuses_what_the_schema_does_not_allow(values: dict[str, Any], message: str) -> None:
    """The error stands on the attributes and names the one that is wrong."""
    with pytest.raises(ValidationError) as refusal:
        clean_attributes(values, SCHEMA)

    assert refusal.value.message_dict == {"attributes": [message]}


@pytest.mark.parametrize(
    ("kind", "choices"),
    [
        (Kind.CHOICE, []),
        (Kind.TEXT, ["oak"]),
        (Kind.CHOICES, ["oak", "oak"]),
        (Kind.CHOICE, ["oak", 3]),
        (Kind.CHOICE, "oak"),
    ],
)
def test_an_attribute_has_choices_only_where_they_are_chosen_from(kind: str, choices: Any) -> None:
    """The error stands at the choices."""
    with pytest.raises(ValidationError) as refusal:
        Attribute(code="material", name="Material", kind=kind, choices=choices).clean()

    assert set(refusal.value.message_dict) == {"choices"}
