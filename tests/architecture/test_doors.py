"""The public parts of an app: the doors that every app has, and some more, each with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .sources import SRC, modules, name_of, parsed

# What every app shows; a package stands for its ``__init__``.
DOORS = {"base", "conf", "errors", "events", "models", "ports", "querysets", "selectors", "services"}
# What some show besides, and why; no more without a reason, for what others need is better had of a service.
MORE_DOORS = {
    "api": {
        "callers.access": "who may, for GraphQL, whose fields are calls of the API",
        "callers.authentication": "who calls, likewise",
        "callers.idempotency": "the name of the header",
        "callers.throttles": "how often, likewise",
        "callers.tokens": "the name of a guest's header",
        "callers.visitors": "for whom prices are, likewise",
        "clean_text": "text that a database takes",
        "filters": "parameters of lists, likewise",
        "money": "the field of amounts, for its type in GraphQL",
        "pagination.cursors": "the cursors of lists, for connections",
        "parameters.choice": "fields and expansions that a document asks for",
        "parsers": "bodies, as strictly read",
        "routers": "the calls that fields make",
        "schema.postman": "the collection, for the command",
        "serializers": "what types are made of",
        "serializers.fields": "fields of enums",
        "serializers.registry": "names of types",
    },
    "basket": {
        "totals.completeness": "whether totals can be ordered, for pages and the API",
        "totals.snapshots": "the terms on which a basket is read",
    },
    "browse": {
        "expressions": "joins to a product in SQL, for lists of staff",
        "search": "readings of an attribute's value, for the API's filters",
    },
    "catalogue": {
        "attributes": "values of attributes, checked alike by importers",
        "forms": "fields of attributes and pictures, for pages of staff",
        "options": "options of variants, checked alike by importers",
        "pictures": "the first picture of what is bought",
    },
    "checkout": {
        "delivery_choice": "how a choice is written on pages and in the API",
        "delivery_dates": "the days on pages and in the API",
        "services.prepare": "the order that a basket's submission already has, for the API's answer",
        "tax_ids": "the check of a tax id at the API's door",
        "view": "the checkout as pages and the API show it",
    },
    "console": {
        "imports": "formats of catalogue files, which plugins add to",
        "new_project": "for the command line of the package",
        "replacement": "for the command line of the package",
        "targets": "for the command line of the package",
    },
    "dashboard": {"registry": "what pages are made of, for the contracts of additions to them"},
    "gateways": {"dummy": "its provider, for its page in the storefront"},
    "graphql": {"schema": "the schema as text, for the command"},
    "inventory": {"expressions": "what is for sale, as SQL, for lists"},
    "orders": {
        "drafts": "what a checkout hands over",
        "reports": "figures of sales, through the API",
        "reports.sales_breakdown": "the function of that name",
        "reports.tax_totals": "likewise",
        "reports.explanation": "an order's amounts, explained on pages",
        "row_models": "rows of an order, by their abstract models",
        "states": "the states, and what they allow",
        "states.display_status": "the states as they are shown",
        "tokens": "links for guests",
    },
    "payments": {
        "interface": "what a gateway speaks",
        "interface.exchanges": "what a gateway notes of its calls",
        "interface.refusals": "what a gateway says of refusals",
        "ledger": "sums of an order's payments",
        "reconciliation.by_hand": "bookings by hand, through the API",
        "reconciliation.comparison": "for the command",
        "reconciliation.discrepancies": "advice and remedies, through the API",
        "reconciliation.resolutions": "the work list, through the API",
        "services.client_input": "forms of payment methods",
        "services.pay_links": "links to pay",
        "services.saved_methods": "saved methods",
        "services.webhooks": "deliveries of providers",
    },
    "pricing": {
        "document": "the document that totals are computed on",
        "exchange.loader": "for the command, and its result",
        "exchange.ports": "sources of exchange rates",
        "explanation": "amounts, explained",
        "explanation_table": "the same as a table",
        "prices.rounding": "how prices are rounded, for changes of many",
        "prices.lists": "which price lists count, for lists of products",
        "tax.ports": "tax services and checkers of tax ids",
        "tax.tax_ids": "the form of a tax id",
        "zones": "which zones a place is in",
    },
    "promotions": {
        "badges": "badges of products",
        "calculation": "the stage of the basket",
        "goods.membership": "what promotions look at, beside a basket's lines",
        "goods.stock": "what promotions look at, beside a basket's lines",
        "hints": "what a little more would give",
        "lane_choices": "the default of a port that stages call",
        "lanes": "which promotions may go together",
        "rules": "conditions and benefits as values",
    },
    "shipping": {"estimates": "days of arrival as values"},
}
# What the core shows is its packages, and the modules beside them.
FREE = {"core", "testing"}


def named(path: Path) -> Iterator[tuple[str, str]]:
    """The module and the name of each thing of the library that a module imports from another app."""
    own = name_of(path).partition("/")[0]
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("tradepost."):
            app = str(node.module).split(".")[1]
            if app not in {own, *FREE}:
                yield from ((str(node.module), alias.name) for alias in node.names)


def door(module: str, name: str) -> str:
    """The part of an app that is imported, as in ``services.saved_methods``; empty for the app itself."""
    inner = SRC.joinpath(*module.split(".")[1:], name)
    full = f"{module}.{name}" if inner.is_dir() or inner.with_suffix(".py").exists() else module
    return ".".join(full.split(".")[2:])


def open_doors() -> dict[str, set[str]]:
    """By app, what others take besides its usual doors."""
    opened: dict[str, set[str]] = {}
    for path in modules():
        for module, name in named(path):
            part = door(module, name)
            if part and part not in DOORS:
                opened.setdefault(module.split(".")[1], set()).add(part)
    return opened


def facades() -> dict[str, tuple[list[str], set[str]]]:
    """Packages that give names when they are imported: what ``__all__`` holds, and what is there to be given."""
    texts = {name_of(path): path.read_text() for path in modules("__init__.py")}
    return {name: given(ast.parse(text)) for name, text in texts.items() if "__getattr__" not in text}


def given(tree: ast.Module) -> tuple[list[str], set[str]]:
    """The names in ``__all__``, and all public ones that a module imports from beside it, defines or assigns."""
    listed: list[str] = []
    there: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            there |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            there.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            there.add(node.target.id)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if node.targets[0].id == "__all__":
                listed = list(ast.literal_eval(node.value))
            else:
                there.add(node.targets[0].id)
    return listed, {name for name in there if not name.startswith("_") or name == "__version__"}


def test_other_apps_come_in_by_the_doors() -> None:
    """A module that isn't one is the app's own, and may change from one day to the next."""
    more = {app: parts - MORE_DOORS.get(app, {}).keys() for app, parts in open_doors().items()}

    assert {app: parts for app, parts in more.items() if parts} == {}
    assert set(DOORS) & {part for app in MORE_DOORS.values() for part in app} == set()


def test_private_names_stay_in_their_module() -> None:
    """An underscore means it."""
    wrong = [
        f"{name_of(path)} imports {alias.name}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
        if alias.name.startswith("_") and not alias.name.startswith("__")
    ]

    assert wrong == []


def test_a_package_lists_all_that_it_gives() -> None:
    """Once, in the order of the alphabet, and nothing that it only happens to import."""
    wrong = {name: there ^ set(listed) for name, (listed, there) in facades().items() if there != set(listed)}

    assert wrong == {}
    assert {name: listed for name, (listed, _there) in facades().items() if len(listed) > len(set(listed))} == {}


def test_no_import_gives_a_name_by_its_own_name() -> None:
    """``import X as X`` is another way to say what ``__all__`` says."""
    wrong = [
        f"{name_of(path)}: {alias.name}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
        if alias.asname == alias.name
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("module", "name", "part"),
    [
        ("tradepost.payments.services", "refund", "services"),
        ("tradepost.payments.services", "saved_methods", "services.saved_methods"),
        ("tradepost.payments", "services", "services"),
        ("tradepost.browse", "list_page", ""),
    ],
)
def test_a_module_is_told_from_a_name(module: str, name: str, part: str) -> None:
    """A control: what is imported of a package may be either."""
    assert door(module, name) == part
