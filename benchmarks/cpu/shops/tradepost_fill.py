"""Fill the shop of the benchmarks: ``python tradepost_fill.py PRODUCTS``."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

django.setup()

from benchmarks.shop import fill  # noqa: E402 - models need the apps

call_command("migrate", verbosity=0)
fill(int(sys.argv[1]))
