"""A project with two plugins that hang models beside the same ones of ours."""

from __future__ import annotations
