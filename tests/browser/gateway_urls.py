"""The test project's URLs, and the sandbox's page to try gateways."""

from __future__ import annotations

import sys
from pathlib import Path

from django.urls import include, path

from tests.urls import urlpatterns as shop

SANDBOX = Path(__file__).resolve().parents[2] / "sandbox"
sys.path.append(str(SANDBOX))  # the sandbox is a project, and not installed

urlpatterns = [path("try-gateways/", include("provider_fakes.urls")), *shop]
