"""The Celery application of the test project; the lane with Redis starts a real worker on it."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

app = Celery("tradepost-tests")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
