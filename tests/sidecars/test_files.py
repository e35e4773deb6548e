"""Sidecars in catalogue files: what goes out comes back in."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tradepost.catalogue.models import Product
from tradepost.testing.queries import count_queries

pytestmark = [pytest.mark.sidecars, pytest.mark.django_db]
COLUMNS = [
    *("extra.book_author", "extra.book_pages", "extra.book_isbn", "extra.book_shelf", "extra.series"),
    *(
        "extra.wine_vintage",
        "extra.wine_region",
        "extra.wine_alcohol",
        "extra.wine_barrel",
        "variant_extra.edition_binding",
    ),
]


def exported(path: Path) -> list[dict[str, str]]:
    """The rows of the file."""
    call_command("tradepost_export", str(path), stdout=StringIO())
    return list(csv.DictReader(path.open(newline="", encoding="utf-8")))


def imported(path: Path, text: str | None = None) -> str:
    """Output of the command."""
    if text is not None:
        path.write_text(text)
    out = StringIO()
    call_command("tradepost_import", path, stdout=out, stderr=out)
    return out.getvalue()


def sidecars() -> list[Any]:
    """All rows of both plugins."""
    from tests.projects.sidecars.books.models import Book, Edition
    from tests.projects.sidecars.wine.models import Wine

    books = Book.objects.values_list("product__slug", "author", "pages", "isbn", "shelf")
    wines = Wine.objects.values_list("product__slug", "vintage", "region", "alcohol")
    return [*books.order_by("pk"), *wines.order_by("pk"), *Edition.objects.values_list("variant__sku", "binding")]


def test_a_file_has_a_column_for_each(tmp_path: Path, novel: Any, riesling: Any) -> None:
    """Those of variants say so; a product without a sidecar has empty cells."""
    book, wine = exported(tmp_path / "all.csv")

    assert [book[column] for column in COLUMNS] == [
        *("Thomas Mann", "736", "9783103970043", "A 12", "Classics"),
        *("", "", "", "", "hard"),
    ]
    assert [wine[column] for column in COLUMNS] == ["", "", "", "", "", "2021", "Rheingau", "12.50", "", ""]


def test_what_goes_out_comes_back_in(tmp_path: Path, novel: Any, riesling: Any) -> None:
    """Nothing changes; after the sidecars are gone they are made again, but for what isn't for writing."""
    from tests.projects.sidecars.books.models import Book, Edition
    from tests.projects.sidecars.wine.models import Wine

    before = sidecars()
    exported(tmp_path / "all.csv")
    assert "2 unchanged" in imported(tmp_path / "all.csv")
    assert sidecars() == before

    for model in (Book, Edition, Wine):
        model.objects.all().delete()
    Product.objects.filter(slug="buddenbrooks").update(metadata={"old_id": 12})
    imported(tmp_path / "all.csv")

    assert sidecars() == [("buddenbrooks", "Thomas Mann", 736, "", "A 12"), *before[1:]]
    assert Product.objects.get(slug="buddenbrooks").metadata == {"old_id": 12, "series": "Classics"}


@pytest.mark.parametrize("value", ["007", 7, "7", True, "true", [1, "x"], {"a": None}, "NaN", "ß, “x”"])
def test_a_key_of_metadata_keeps_its_type(tmp_path: Path, novel: Any, value: Any) -> None:
    """A text that looks like a number stays a text."""
    Product.objects.update(metadata={"series": value})
    exported(tmp_path / "all.csv")
    Product.objects.update(metadata={})

    imported(tmp_path / "all.csv")

    assert Product.objects.get().metadata == {"series": value}
    assert type(Product.objects.get().metadata["series"]) is type(value)


def test_an_empty_cell_takes_the_value_away(tmp_path: Path, novel: Any, riesling: Any) -> None:
    """A field that can't be empty stays; a column that is missing changes nothing."""
    imported(
        tmp_path / "some.csv",
        "slug,extra.book_author,extra.book_pages,extra.series,extra.wine_vintage,extra.wine_region\n"
        "buddenbrooks,,,,,\n"
        "riesling,,,,,\n",
    )

    assert sidecars()[:2] == [
        ("buddenbrooks", "", None, "9783103970043", "A 12"),
        ("riesling", 2021, "", sidecars()[1][3]),
    ]
    assert Product.objects.get(slug="buddenbrooks").metadata == {"old_id": 12}


def test_what_cannot_be_is_a_problem_of_its_row(tmp_path: Path, novel: Any, riesling: Any) -> None:
    """With line, column and reason; the others go in."""
    before = sidecars()
    report = imported(
        tmp_path / "bad.csv",
        "slug,name,sku,extra.book_pages,extra.wine_region,variant_extra.edition_binding\n"
        "buddenbrooks,,TM-1,many,,hard\n"
        "riesling,Riesling,R-21,,Pfalz,\n"
        "port,Port,P-1,,Douro,\n"
        "atlas,Atlas,A-1,96,,leather\n",
    )

    assert "line 2" in report
    assert "extra.wine_vintage: is required" in report
    assert "variant_extra.edition_binding" in report
    assert Product.objects.filter(slug="port").exists()
    assert sidecars()[1][2] == "Pfalz"
    assert sidecars()[0] == before[0]


def test_a_unique_field_stays_unique(tmp_path: Path, riesling: Any) -> None:
    """In the file and beside what is there; the row's product goes in, its sidecar doesn't."""
    from tests.projects.sidecars.wine.models import Wine

    Wine.objects.update(barrel=7)
    report = imported(
        tmp_path / "barrels.csv",
        "slug,name,extra.wine_vintage,extra.wine_barrel\nriesling,Riesling,2021,7\npinot,Pinot,2020,7\n"
        "silvaner,Silvaner,2019,8\ndornfelder,Dornfelder,2019,8\n",
    )

    assert "line 3, extra.wine_barrel: 7 is another one's already" in report
    assert "line 5, extra.wine_barrel: 8 is another one's already" in report
    assert set(Wine.objects.values_list("product__slug", "barrel")) == {("riesling", 7), ("silvaner", 8)}
    assert Product.objects.count() == 4


def test_a_wrong_column_is_told_with_the_nearest(tmp_path: Path, novel: Any) -> None:
    """As for our own columns."""
    from django.core.management.base import CommandError

    with pytest.raises(CommandError, match=r"Did you mean “extra\.book_pages”"):
        imported(tmp_path / "wrong.csv", "slug,extra.book_page\nbuddenbrooks,3\n")


def test_the_queries_do_not_grow(tmp_path: Path) -> None:
    """One to look and one to write for each kind of sidecar."""
    head = "slug,name,extra.book_pages,extra.wine_vintage\n"

    def queries(number: int) -> int:
        with count_queries() as sent:
            imported(
                tmp_path / "n.csv", head + "".join(f"p{number}-{n},P,{n},20{n:02}\n" for n in range(1, number + 1))
            )
        return len(sent)

    queries(1)
    assert queries(2) == queries(30)
