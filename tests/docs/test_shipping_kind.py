"""A kind of shipping method of a project's own, as the how-to page shows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = [pytest.mark.docs, pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = """
from tests.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "bikes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE / "db.sqlite3"}}
"""
USE = """
import django; django.setup()
from decimal import Decimal
from bikes.models import ByKilo
from django.contrib import admin
from tradepost.shipping.models import FlatRate, ShippingMethod
from tradepost.shipping.ports import Destination, Goods, Parcel
from tradepost.shipping.services import rates

FlatRate.objects.create(code="flat", name="Post", currency="EUR", amount=5)
ByKilo.objects.create(code="bike", name="Bike", currency="EUR", per_kilo=Decimal("1.50"), handling=1)
delivery = Parcel.of([Goods(sku="PAN", quantity=2, weight=900)], "EUR")
print([f"{quote.code} {quote.amount}" for quote in rates().load(Destination("DE"), "EUR", [delivery])(delivery)])
print(admin.site.is_registered(ByKilo))
"""


def test_a_kind_of_ones_own_is_a_model(tmp_path: Path, copy_template: Callable[[Path], None]) -> None:
    """After makemigrations and migrate it is in the admin, and rates ask it with the others."""
    (tmp_path / "bikes").mkdir()
    (tmp_path / "bikes" / "__init__.py").touch()
    shutil.copy(ROOT / "tests/docs/examples/by_kilo.py", tmp_path / "bikes" / "models.py")
    head = "from pathlib import Path\nBASE = Path(__file__).parent\n"
    (tmp_path / "bike_settings.py").write_text(head + SETTINGS)
    copy_template(tmp_path / "db.sqlite3")  # a shop that runs already

    steps = [["makemigrations", "bikes"], ["migrate", "-v", "0"]]
    created, _ = json.loads(_python(tmp_path, "-m", "tests.upgrade.steps", json.dumps(steps)))

    assert "+ Create model ByKilo" in created
    assert _python(tmp_path, "-c", USE) == "['flat 5.00', 'bike 4.00']\nTrue\n"


def _python(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bike_settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
