"""Directives for the pages of reference: ``{tradepost-settings}``, ``-checks``, ``-events``, ``-jobs``, ``-states``, ``-ports``,
``-access`` and ``-roles``.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import timedelta
from typing import Any

import tradepost_facts as facts
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from tradepost_graphs import draw

from tradepost.accounts.roles import ADMINISTRATOR, shop_roles
from tradepost.api.routers import Router
from tradepost.core import events
from tradepost.core.access import Access
from tradepost.core.events.description import describe
from tradepost.payments.conf import Method

__all__ = ["FromCode", "setup", "table"]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table in Markdown."""
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
    yield ""


class FromCode(SphinxDirective):
    """Base: the lines of Markdown that a subclass makes are parsed where the directive stands."""

    has_content = True
    optional_arguments = 1

    def lines(self) -> Iterator[str]:
        """Markdown."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        container = nodes.Element()
        self.state.nested_parse(
            StringList(list(self.lines()), "tradepost"), self.content_offset, container, match_titles=True
        )
        return container.children


class Settings(FromCode):
    """Every setting with its default and meaning."""

    def lines(self) -> Iterator[str]:
        for name, (cls, keys) in facts.settings().items():
            yield f"## `{name}`"
            yield ""
            text = facts.plain((inspect.getdoc(cls) or "").split("Attributes:")[0])
            if text := text.replace(f"`{name}`", "").strip(" ."):
                yield f"{text}."
                yield ""
            yield from self._keys(keys)
            if name == "TRADEPOST_PAYMENTS":
                yield from self._methods()

    def _keys(self, keys: Iterable[facts.Key]) -> Iterator[str]:
        for key in keys:
            yield f"`{key.name}`"
            yield f": {key.meaning}"
            yield ""
            if "\n" in key.default or len(key.default) > 60:
                yield "  Default:"
                yield ""
                yield "  ```python"
                yield from (f"  {line}" for line in _broken(key.default))
                yield "  ```"
            else:
                yield f"  Default: `{key.default}`"
            yield ""

    def _methods(self) -> Iterator[str]:
        yield "### An entry of `GATEWAYS`"
        yield ""
        meanings = facts.described(Method)
        yield from self._keys(
            facts.Key(f.name, facts.default_of(f) or "none; it must be given", meanings.get(f.name, ""))
            for f in fields(Method)
        )


def _broken(default: str) -> Iterator[str]:
    """A long tuple or dict, an item on each line."""
    yield default[0]
    yield from (f"    {item.strip().rstrip(',')}," for item in default[1:-1].split(", ") if item.strip())
    yield default[-1]


class Checks(FromCode):
    """Every system check."""

    def lines(self) -> Iterator[str]:
        yield from table(
            ["Id", "Level", "Says"],
            (
                [f"`{check.id}`", "error" if check.id.startswith("tradepost.E") else "warning", check.message]
                for check in facts.checks()
            ),
        )


def _kind(schema: dict[str, Any]) -> str:
    """A field of an event in words: its type, and what it means where that is said."""
    kind = schema.get("format") or schema.get("type", "any")
    meaning = schema.get("description", "").rstrip(".")
    return f"({kind}: {meaning})" if meaning else f"({kind})"


class Events(FromCode):
    """Every event with what it carries and who listens."""

    def lines(self) -> Iterator[str]:
        for event in facts.all_events():
            yield f"`{event.__module__.removeprefix('tradepost.')}.{event.__name__}`"
            description = describe(event)
            yield f": {description.meaning}"
            yield ""
            carried = [f"`{name}` {_kind(schema)}" for name, schema in description.payload["properties"].items()]
            yield f"  Carries {', '.join(carried)}."
            yield ""
            listening = [f"`{s.name.removeprefix('tradepost.')}` ({s.when})" for s in events.subscriptions(event)]
            if listening:
                yield f"  Heard by {', '.join(listening)}."
                yield ""


def _every(period: timedelta) -> str:
    seconds = int(period.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            number = seconds // size
            return f"{unit}" if number == 1 else f"{number} {unit}s"
    raise AssertionError


class Jobs(FromCode):
    """Every job."""

    def lines(self) -> Iterator[str]:
        yield from table(
            ["Job", "Every", "Does"],
            (
                [f"`{job.name}`", _every(job.every), facts.plain((inspect.getdoc(job.function) or "").split("\n\n")[0])]
                for job in facts.all_jobs()
            ),
        )


class States(FromCode):
    """The graph of a model's state field; the content is the grid of its states.

    ``:project:`` draws the model of another project, by the module of its settings.
    """

    required_arguments = 1
    optional_arguments = 0
    option_spec = {"field": directives.unchanged, "project": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        field, project = self.options.get("field", "status"), self.options.get("project")
        asked = (self.arguments[0], field)
        self.found = facts.graph_in(project, *asked) if project else facts.graph(*asked)
        grid = [line.split() for line in self.content if line.strip()]
        svg = draw(self.found.states, [(way.source, way.target, way.name) for way in self.found.ways], grid)
        source = nodes.literal_block(text=self.found.mermaid)
        told = [nodes.raw("", svg, format="html"), *super().run()]
        opened = nodes.raw("", '<details class="mermaid"><summary>The same as Mermaid</summary>', format="html")
        return [*told, opened, source, nodes.raw("", "</details>", format="html")]

    def lines(self) -> Iterator[str]:
        ways = self.found.ways
        rows: dict[tuple[str, ...], list[str]] = {}
        for way in ways:  # from several states in one row, where nothing else differs
            refused = ", ".join(f"`{code}`" for code, _reason in way.guards) or "–"
            rows.setdefault((way.name, way.target, ", ".join(way.actors), refused, way.meaning), []).append(way.source)
        yield from table(
            ["Transition", "From → to", "Who", "May be refused with", "Means"],
            (
                [f"`{name}`", f"{', '.join(sources)} → {target}", who, refused, meaning]
                for (name, target, who, refused, meaning), sources in rows.items()
            ),
        )
        reasons = {code: reason for way in ways for code, reason in way.guards}
        if reasons:
            yield from table(["Code", "Says"], ([f"`{c}`", r] for c, r in sorted(reasons.items())))


class Ports(FromCode):
    """Every port, from the setting that chooses to what the library brings."""

    def lines(self) -> Iterator[str]:
        for port in facts.all_ports():
            entry = port.entry
            yield f'`{entry.setting}["{entry.key}"]`'
            yield f": {port.about} {port.called}".rstrip()
            yield ""
            several = f" (several, {entry.several})" if entry.several else ""
            also = "".join(f"; the same class may fill `{path}` as well" for path, _fills in entry.may)
            tested = f"; tested by `tradepost.testing.contracts.{port.contract}`" if port.contract else ""
            yield f"  Port `{entry.port}`{several}{also}{tested}."
            yield ""
            yield f"  The library brings {', '.join(f'`{path}`' for path in entry.default) or 'none to begin with'}."
            yield ""


class AccessTable(FromCode):
    """Every call of the API, and who may make it."""

    def lines(self) -> Iterator[str]:
        names = {permission for endpoint in Router().endpoints() for permission in endpoint.access.permissions}
        yield from table(
            ["Call", "Who may"],
            ([f"`{call.method.upper()} {call.path}`", _who(call.access, names)] for call in Router().endpoints()),
        )


def _who(access: Access, names: set[str]) -> str:
    """The sentence of a declaration, with its permissions as code."""
    text = access.meaning
    for name in sorted(names):
        text = text.replace(name, f"`{name}`")
    return text


class Roles(FromCode):
    """Every role with its permissions, by app."""

    def lines(self) -> Iterator[str]:
        for role in shop_roles():
            yield f"`{role.code}`"
            if role.code == ADMINISTRATOR:
                yield ": all permissions of Tradepost's models, also those that your project adds to them."
                yield ""
                continue
            apps = sorted({name.partition(".")[0] for name in role.permissions})
            names = [
                [name.partition(".")[2] for name in sorted(role.permissions) if name.startswith(f"{app}.")]
                for app in apps
            ]
            rows = ([f"`{app}`", ", ".join(f"`{name}`" for name in own)] for app, own in zip(apps, names, strict=True))
            head, *rest = table(["App", "Permissions"], rows)
            yield f": {head}"
            yield from (f"  {line}" for line in rest)
            yield ""


def _prune_index(app: Sphinx, env: BuildEnvironment) -> None:
    """Leave what only tests take, and private names, out of the index; both stay on their pages."""
    for page, entries in env.domains.index_domain.entries.items():
        entries[:] = [entry for entry in entries if page != "reference/testing" and not entry[1].startswith("_")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, and what is left out of the index."""
    app.connect("env-updated", _prune_index)
    for name, directive in (
        ("settings", Settings),
        ("checks", Checks),
        ("events", Events),
        ("jobs", Jobs),
        ("states", States),
        ("ports", Ports),
        ("access", AccessTable),
        ("roles", Roles),
    ):
        app.add_directive(f"tradepost-{name}", directive)
    return {"parallel_read_safe": True, "version": "1"}
