"""``python -m tradepost startproject`` writes a shop whose own tests pass."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tradepost.__main__ import main
from tradepost.console.new_project import CannotStart, start

ROOT = Path(__file__).resolve().parents[2]
CORS = {
    "CORS_ALLOW_HEADERS": {
        "accept",
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "tradepost-token",
        "x-csrftoken",
    },
    "CORS_EXPOSE_HEADERS": {
        "Deprecation",
        "ETag",
        "Idempotency-Replayed",
        "Link",
        "Location",
        "Retry-After",
        "Sunset",
        "Unknown-Parameters",
    },
}
LONG = "a-secret-that-is-long-enough-for-djangos-deployment-checklist-0123456789"


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """Output of a call of Python in a folder."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPYCACHEPREFIX") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("without", "tests"), [("", 4), ("api,storefront,dashboard,payments,fulfilment", 2)])
def test_a_new_project_is_whole(tmp_path: Path, without: str, tests: int) -> None:
    """Its checks are silent on this machine and for production, its tests pass, and its code is in style."""
    run(tmp_path, "-m", "tradepost", "startproject", "myshop", "--without", without)
    shop = tmp_path / "myshop"

    run(shop, "manage.py", "check", "--fail-level", "WARNING")
    if not without:  # the tests of either shop migrate all apps, in a database of their own
        run(shop, "manage.py", "migrate", "-v", "0", "contenttypes")
        assert (shop / "shop.sqlite3").exists()
    live = {
        "DEBUG": "0",
        "SECRET_KEY": LONG,
        "ALLOWED_HOSTS": "shop.example.com",
        "SHOP_URL": "https://shop.example.com",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "CORS_ALLOWED_ORIGINS": "https://app.example.com",
        "TOKEN_KEYS": "a-key-of-access-tokens-of-thirty-two-bytes-at-least",
        "BANK_IBAN": "DE02120300000000202051",
        "BANK_ACCOUNT_HOLDER": "The shop",
    }
    run(shop, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **live)
    print_api = "from myshop import settings; print(*settings.TRADEPOST_API)"
    assert run(shop, "-c", print_api, **live).split() == ["CACHE", *([] if without else ["TOKEN_KEYS"])]
    assert f"{tests} passed" in run(shop, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    run(shop, "-m", "ruff", "check", "--isolated", "--select", "E,F,I,B", "--line-length", "120", ".")
    run(shop, "-m", "ruff", "format", "--isolated", "--line-length", "120", "--check", ".")


def test_nothing_is_left_of_the_templates(tmp_path: Path) -> None:
    """Names are filled in, and the secret is another one each time."""
    first, second = (start("myshop", tmp_path / name) for name in ("first", "second"))

    assert [path.name for path in first] == [path.name for path in second]
    assert not [path for path in first if "{{" in path.read_text() or "{%" in path.read_text()]
    secrets = {(tmp_path / name / ".env").read_text() for name in ("first", "second")}
    assert len(secrets) == 2
    assert ".env" in (tmp_path / "first/.gitignore").read_text().splitlines()


@pytest.mark.parametrize(
    "path", ["sandbox/shop/settings.py", "src/tradepost/console/project/project_name/settings.py-tpl"]
)
def test_pages_elsewhere_may_send_and_read_the_headers_of_the_api(path: str) -> None:
    """A browser sends no header that isn't allowed, and shows a page none that isn't exposed."""
    text = (ROOT / path).read_text()
    lists = {
        name: set(re.findall(r'"([\w-]+)"', re.findall(rf"{name} = \((.*?)\)", text, re.DOTALL)[0])) for name in CORS
    }

    assert lists == CORS


def test_a_new_project_asks_postgresql_not_to_compile_its_queries(tmp_path: Path) -> None:
    """Which takes longer than running them; whatever else stands in the address."""
    start("myshop", tmp_path)
    environment = runpy.run_path(str(tmp_path / "myshop/environment.py"))

    database = environment["database"]("postgres://me:p%40ss@db:5433/shop", tmp_path / "shop.sqlite3")

    assert (database["NAME"], database["PASSWORD"], database["PORT"]) == ("shop", "p@ss", "5433")
    assert database["OPTIONS"]["options"] == "-c jit=off"


@pytest.mark.parametrize(
    ("name", "without", "message"),
    [
        ("my-shop", [], "can't be the name"),
        ("class", [], "can't be the name"),
        ("django", [], "already"),
        ("myshop", ["orders"], "optional are: api, storefront"),
    ],
)
def test_what_can_not_work_is_refused(tmp_path: Path, name: str, without: list[str], message: str) -> None:
    """With the reason, and nothing is written."""
    with pytest.raises(CannotStart, match=message):
        start(name, tmp_path / "new", without=without)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command, too."""
    (tmp_path / "mine.txt").write_text("mine")

    assert main(["startproject", "myshop", str(tmp_path)]) == 1
    assert "isn't empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_app_is_replaced_without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is written once, and a second time it is refused."""
    monkeypatch.chdir(tmp_path)

    assert main(["replace", "orders", "shop/orders"]) == 0
    assert (tmp_path / "shop/orders/migrations/__init__.py").exists()
    assert (main(["replace", "orders", "shop/orders"]), main(["replace", "orders", "shop/orders", "--update"])) == (
        1,
        0,
    )
