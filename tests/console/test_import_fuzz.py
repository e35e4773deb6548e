"""Files that were damaged on the way: whatever stands in them, they are refused or their rows are told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.console import catalogue_files as files
from tradepost.console import targets
from tradepost.console.conf import catalogue_format
from tradepost.console.imports import (
    FileRefused,
    ReadOptions,
    SourceFile,
    Writer,
    import_catalogue,
)
from tradepost.core.actors import SYSTEM

pytestmark = pytest.mark.django_db

FORMATS: dict[str, Sequence[str]] = {
    "tradepost": [files.TRADEPOST],
    "shopify": [files.SHOPIFY],
    "woocommerce": [files.WOOCOMMERCE],
    "prestashop": [files.PRESTASHOP, files.PRESTASHOP_COMBINATIONS],
    "magento": [files.MAGENTO],
    "google": [files.GOOGLE_RSS],
}
ODD = st.text("\x00\x01\r\n\t,;|\"'\\<>&=:/%-+.0123456789aZß緑\u2028\u0661\ufeff", max_size=6)
DAMAGES = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 8), ODD), min_size=1, max_size=6)


def damaged(text: str, damages: Sequence[tuple[int, int, str]]) -> str:
    for place, length, other in damages:
        start = place % len(text)
        text = f"{text[:start]}{other}{text[start + length :]}" or "x"
    return text


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(damages=DAMAGES)
def test_a_damaged_file_is_never_a_traceback(name: str, damages: Sequence[tuple[int, int, str]]) -> None:
    """``FileRefused`` or problems with their lines; what is good goes in."""
    first, *others = FORMATS[name]
    sources = [SourceFile(f"{n}.csv", text.encode()) for n, text in enumerate([damaged(first, damages), *others])]
    with transaction.atomic():
        price_list = targets.price_list("", make=True)
        writer = Writer(price_list=price_list, location=targets.location("", make=True), by=SYSTEM)
        options = ReadOptions(currency="EUR", includes_tax=name != "prestashop", keep_unknown=True, make_types=True)
        try:
            report = import_catalogue(iter(catalogue_format(name).read(sources, options)), writer)
        except FileRefused:
            pass
        else:
            assert all(problem.line >= 0 and problem.reason for problem in report.problems)
        transaction.set_rollback(True)
