"""The plugin's own tests run where it is installed: see ``test_plugin.py``."""

from __future__ import annotations

collect_ignore = ["tests", "src"]
