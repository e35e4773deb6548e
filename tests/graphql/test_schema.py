"""The schema as text is the one that is kept here, so that each change of it is seen."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tradepost.graphql.schema import schema, sdl

KEPT = Path(__file__).parent / "schema.graphql"
WRITE = "DJANGO_SETTINGS_MODULE=tests.settings python -m django tradepost_graphql_schema tests/graphql/schema.graphql"


def test_the_schema_is_the_kept_one() -> None:
    """Each change breaks clients or is news: changelog.d says which."""
    assert sdl() == KEPT.read_text(encoding="utf-8"), WRITE


def test_the_command_prints_writes_and_compares_it(tmp_path: Path) -> None:
    """For clients' generators."""
    out, path = StringIO(), tmp_path / "schema.graphql"
    call_command("tradepost_graphql_schema", stdout=out)
    call_command("tradepost_graphql_schema", str(path))
    call_command("tradepost_graphql_schema", str(path), "--check")
    path.write_text("type Query { a: Int }\n")

    assert out.getvalue() == sdl()
    with pytest.raises(CommandError, match="isn't the schema of now"):
        call_command("tradepost_graphql_schema", str(path), "--check")


def test_no_type_shows_a_primary_key() -> None:
    """Identity is by slug, number, SKU or UUID."""
    core = schema()._schema
    shown = [
        f"{name}.{field}"
        for name, kind in core.type_map.items()
        for field in getattr(kind, "fields", {})
        if field in {"id", "pk"} and not name.startswith("__")
    ]

    assert shown == []


def test_every_type_and_field_of_the_roots_says_what_it_is() -> None:
    """For who reads the schema alone."""
    core = schema()._schema
    assert core.query_type is not None
    assert core.mutation_type is not None
    roots = {**core.query_type.fields, **core.mutation_type.fields}
    silent = [name for name, field in roots.items() if not field.description]
    silent += [
        name
        for name, kind in core.type_map.items()
        if not name.startswith("__") and not kind.description and name not in {"Query", "Mutation"}
    ]

    assert silent == []
