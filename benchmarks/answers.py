"""Two hundred requests to this build and to an earlier one, and where their answers differ.

    python -m benchmarks.answers --against REVISION [--database URL]

Both shops are filled alike and asked the same in the same order. Compared are status, media type and body, byte for byte but
for what is random or tells the time: keys, tokens and moments, which are numbered in the order of their appearance. It
fails (exit code 1) where an answer differs; whether that was meant is for people to say. PostgreSQL must run on this machine.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from difflib import unified_diff
from http.client import HTTPConnection

from tests.lanes import Missing, postgres

from .cpu.builds import earlier, ours
from .cpu.operations import ADDRESS, FIELDS
from .cpu.sites import Site, running

PRODUCTS = 300
LINES_SHOWN = 24
_RANDOM = {
    "key": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)",
    "token": r'(?<="token":")[^"]+|(?<=token=)[\w:.=-]+',
    "reference": r"(?<=\d-)[A-Z2-7]{8}\b",
    "port": r"(?<=127\.0\.0\.1:)\d+",
}
_NAMES = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _RANDOM.items()))


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; ``{basket}``, ``{line}``, ``{total}``, ``{order}`` and ``{token}`` stand for what an earlier answer gave."""

    method: str
    path: str
    body: object = None


def asks() -> Iterator[Ask]:
    """All of them, in order."""
    yield from _lists()
    yield from _products()
    yield from _baskets()
    yield from _checkout()


def _lists() -> Iterator[Ask]:
    orders = ("name", "-name", "price", "-price", "newest", "-created_at", "nonsense")
    pages = ("page=2", "page=5&page_size=50", "page=999", "page=x", "page=0", "page_size=0", "page_size=10000")
    filters = (
        "category=living",
        "category=living-1",
        "category=nowhere",
        "attr.material=oak",
        "attr.material=oak&attr.material=steel",
        "attr.material=gold",
        "attr.colour=red",
        "in_stock=true",
        "in_stock=false",
        "in_stock=perhaps",
        "price_min=10&price_max=20",
        "price_min=20&price_max=10",
        "price_min=ten",
        "price_max=-1",
        "price_min=1e400",
        "brand=Brand+3",
        "currency=EUR",
        "currency=XXX",
        "currency=usd",
        "country=DE",
        "country=ZZ",
        "collection=nothing",
        "tag=nothing",
        "unknown=1",
    )
    words = ("oak+lamp", "lamp", "goods-7", "GOODS-7-0", "nothing+at+all", "%25", "'", "%22", "%00", "a", "", "x" * 300)
    queries = [f"ordering={order}" for order in orders] + [*pages, *filters] + [f"search={word}" for word in words]
    queries += [f"{chosen}&ordering=-price&page_size=7&page=2" for chosen in filters[:8]]
    queries += [f"search={word}&in_stock=true&ordering=price" for word in words[:6]]
    yield from (Ask("GET", f"/api/v1/products/?{query}") for query in ("", *queries))
    yield from (
        Ask("GET", f"/api/v1/{name}/") for name in ("categories", "collections", "nowhere", "", "orders", "basket")
    )
    yield from (Ask("GET", f"/api/v1/categories/{slug}/") for slug in ("living", "living-1", "nowhere"))
    yield from (Ask(method, "/api/v1/products/", {}) for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"))


def _products() -> Iterator[Ask]:
    slugs = [f"goods-{number}" for number in range(0, 60, 3)]
    slugs += ["many", "single", "nothing", "GOODS-7", "goods-7%00", "goods%2F7", "%F0%9F%98%80", "x" * 300]
    yield from (Ask("GET", f"/api/v1/products/{slug}/") for slug in slugs)
    queries = ("currency=EUR", "currency=USD", "country=FR", "currency=XXX")
    yield from (Ask("GET", f"/api/v1/products/goods-4/?{query}") for query in queries)


def _baskets() -> Iterator[Ask]:
    basket = "/api/v1/baskets/{basket}/"
    yield Ask("POST", "/api/v1/baskets/", {})
    yield Ask("GET", basket)
    for number in range(8):
        yield Ask("POST", f"{basket}lines/", {"variant": f"GOODS-{number}-0", "quantity": number + 1})
    wrong = (
        {},
        [],
        "text",
        {"variant": "NOTHING"},
        {"variant": 7},
        {"variant": None},
        {"variant": "GOODS-1-0", "quantity": 0},
        {"variant": "GOODS-1-0", "quantity": -3},
        {"variant": "GOODS-1-0", "quantity": "two"},
        {"variant": "GOODS-1-0", "quantity": 1.5},
        {"variant": "GOODS-1-0", "quantity": 10**12},
        {"variant": "GOODS-1-0", "quantity": True},
        {"variant": "GOODS-1-0", "options": {"engraving": "Ada"}},
        {"variant": "GOODS-1-0", "options": []},
        {"variant": "\u0000"},
    )
    yield from (Ask("POST", f"{basket}lines/", body) for body in wrong)
    for body in ({"quantity": 4}, {"quantity": 0}, {"quantity": "x"}, {}):
        yield Ask("PATCH", f"{basket}lines/{{line}}/", body)
    yield Ask("DELETE", f"{basket}lines/{{line}}/")
    yield Ask("PATCH", f"{basket}lines/00000000-0000-4000-8000-000000000000/", {"quantity": 1})
    for code in ("WELCOME", "welcome", "NOTHING", "", None, 7):
        yield Ask("POST", f"{basket}coupons/", {"code": code})
    yield Ask("GET", basket)
    yield Ask("GET", f"{basket}explain/")
    yield Ask("DELETE", f"{basket}coupons/", {"code": "WELCOME"})
    for key in ("00000000-0000-4000-8000-000000000000", "nonsense", "1"):
        yield Ask("GET", f"/api/v1/baskets/{key}/")
    yield from (Ask("POST", "/api/v1/baskets/", body) for body in ({"currency": "XXX"}, {"country": "ZZ"}, [], "x"))


def _checkout() -> Iterator[Ask]:
    checkout = "/api/v1/baskets/{basket}/checkout/"
    yield Ask("POST", "/api/v1/baskets/", {"country": "DE"})
    yield Ask("GET", checkout)
    yield Ask("POST", "/api/v1/baskets/{basket}/lines/", {"variant": "GOODS-5-0", "quantity": 3})
    yield Ask("GET", checkout)
    wrong = (
        {"email": "nobody"},
        {"email": None},
        {"shipping_address": {}},
        {"shipping_address": "x"},
        {"shipping_address": {**ADDRESS, "country": "ZZ"}},
        {"shipping_address": {**ADDRESS, "postcode": "x"}},
        {"shipping_address": {**ADDRESS, "city": ""}},
        {"shipping_method": "balloon"},
        {"payment_method": "gold"},
        {"note": "x" * 5000},
        [],
    )
    yield from (Ask("PATCH", checkout, body) for body in wrong)
    yield Ask("POST", f"{checkout}complete/", {})
    yield from (Ask("PATCH", checkout, {name: value}) for name, value in FIELDS.items())
    yield Ask("PATCH", checkout, {"shipping_method": "saver"})
    for total in (
        {"amount": "1.00", "currency": "EUR"},
        {"amount": "x", "currency": "EUR"},
        {"amount": "19.00"},
        "19.00",
    ):
        yield Ask("POST", f"{checkout}complete/", {"expected_total": total})
    right = {"expected_total": {"amount": "{total}", "currency": "EUR"}}
    yield from (Ask("POST", f"{checkout}complete/", body) for body in ({}, right, right))
    yield Ask("PATCH", checkout, {"email": "late@example.com"})
    yield Ask("GET", checkout)
    yield Ask("GET", "/api/v1/baskets/{basket}/")
    yield Ask("POST", "/api/v1/baskets/{basket}/lines/", {"variant": "GOODS-5-0"})
    yield Ask("GET", "/api/v1/orders/{order}/?token={token}")
    yield Ask("GET", "/api/v1/orders/{order}/?token=wrong")
    yield Ask("GET", "/api/v1/orders/{order}/")
    yield Ask("GET", "/api/v1/orders/99999/")
    for action in ("payments", "returns", "reopen", "cancel", "cancel", "nothing"):
        yield Ask("POST", f"/api/v1/orders/{{order}}/{action}/?token={{token}}", {})
    yield Ask("GET", "/api/v1/orders/{order}/?token={token}")


def answers(site: Site) -> Iterator[str]:
    """Answers of a shop to each, with random parts numbered, ready to be compared line by line."""
    values = dict.fromkeys(("basket", "line", "order", "token", "total"), "none")
    names: dict[str, str] = {}
    for ask in asks():
        status, kind, content = _said(site, ask, values)
        values |= _given(ask, content)
        text = _NAMES.sub(lambda part: _numbered(names, part), content)
        yield f"{status} {kind}\n{text}"


def _said(site: Site, ask: Ask, values: dict[str, str]) -> tuple[int, str, str]:
    path, body = (_filled(text, values) for text in (ask.path, "" if ask.body is None else json.dumps(ask.body)))
    connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        connection.request(
            ask.method, path, body or None, {"Content-Type": "application/json", "Accept": "application/json"}
        )
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
    finally:
        connection.close()


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda part: values[part[1]], text)


def _given(ask: Ask, content: str) -> dict[str, str]:
    """The keys that later requests need."""
    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    if ask.path == "/api/v1/baskets/" and "uuid" in answer:
        return {"basket": answer["uuid"]}
    if ask.path.endswith("/lines/") and isinstance(answer, dict) and answer.get("lines"):
        return {"line": answer["lines"][0]["uuid"]}
    if ask.path.endswith("/checkout/") and "totals" in answer:
        return {"total": answer["totals"]["total"]["amount"]}
    if ask.path.endswith("complete/") and "order" in answer:
        return {"order": answer["order"]["number"], "token": answer["order"].get("token", "none")}
    return {}


def _numbered(names: dict[str, str], part: re.Match[str]) -> str:
    return names.setdefault(part[0], f"<{part.lastgroup} {len(names) + 1}>")


def differences(mine: Sequence[str], before: Sequence[str]) -> Iterator[str]:
    """The requests that are answered otherwise, each with the lines that differ."""
    for ask, new, old in zip(asks(), mine, before, strict=True):
        if new != old:
            lines = list(unified_diff(_lines(old), _lines(new), "earlier", "now", n=1, lineterm=""))
            data = "" if ask.body is None else f" {json.dumps(ask.body)[:100]}"
            yield "\n".join([f"{ask.method} {ask.path[:100]}{data}", *lines[2 : 2 + LINES_SHOWN]])


def _lines(answer: str) -> list[str]:
    """Status and body, a JSON body with a line for each field."""
    head, _, body = answer.partition("\n")
    try:
        return [head, *json.dumps(json.loads(body), indent=1, ensure_ascii=False).splitlines()]
    except ValueError:
        return [head, *body.splitlines()]


def main() -> int:
    """Print the differences; 1 where there are any."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", metavar="REVISION", required=True, help="a commit")
    parser.add_argument("--database", metavar="URL", help="postgres://… of a server on this machine")
    options = parser.parse_args()
    try:
        server = options.database or postgres()["DATABASE_URL"]
    except Missing as missing:
        print(f"PostgreSQL is needed: {missing}")
        return 1
    with ExitStack() as stack:
        kinds = (ours(), stack.enter_context(earlier(options.against)))
        mine, before = (list(answers(stack.enter_context(running(kind, server, PRODUCTS)))) for kind in kinds)
    wrong = list(differences(mine, before))
    print("\n\n".join(wrong))
    print(f"\n{len(mine)} requests, {len(wrong)} answered otherwise than by {options.against}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
