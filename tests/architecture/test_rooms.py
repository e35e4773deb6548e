"""Rooms that a newcomer can find their way in: few modules on a floor, and names that say what is in them."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from .sources import modules, name_of

# At most so many modules beside each other, ``__init__`` and migrations aside; it may only become smaller.
MODULES_ON_A_FLOOR = 18
# A file is called by its subject, not by what somebody does in it; these are subjects of the field.
SUBJECTS = {"extending", "pricing", "rounding", "shipping", "testing", "tracking"}


def test_few_modules_stand_beside_each_other() -> None:
    """Several files about one idea become a package."""
    floors = Counter(name_of(path).rpartition("/")[0] for path in modules() if path.stem != "__init__")

    assert {floor: number for floor, number in floors.items() if number > MODULES_ON_A_FLOOR} == {}


def test_no_file_is_called_by_a_gerund() -> None:
    """``prepare`` and ``hints``, not ``placing`` and ``hinting``."""
    stems = {path.stem for path in modules()} | {part for path in modules() for part in name_of(path).split("/")[:-1]}

    assert sorted(stem for stem in stems if re.search(r"[a-z]ing$", stem) and stem not in SUBJECTS) == []


@pytest.mark.parametrize(
    "stem", ["seams", "acts", "ways", "sums", "late", "fitting", "trees", "wire", "reading", "nowhere", "answers"]
)
def test_no_file_has_a_name_of_the_old_dialect(stem: str) -> None:
    """Each has a word of the field now."""
    assert [name_of(path) for path in modules() if path.stem == stem] == []


def test_services_are_a_package_in_every_app() -> None:
    """One module for each subject; the package gives them all."""
    assert [name_of(path) for path in modules() if path.stem == "services"] == []
