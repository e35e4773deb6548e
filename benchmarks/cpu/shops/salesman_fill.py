"""Fill the shop on django-salesman: ``python salesman_fill.py PRODUCTS``."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

django.setup()

from salesman_shop.goods import fill  # noqa: E402 - models need the apps

call_command("migrate", run_syncdb=True, verbosity=0)
fill(int(sys.argv[1]))
