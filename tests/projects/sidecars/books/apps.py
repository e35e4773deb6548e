"""A plugin for bookshops."""

from __future__ import annotations

from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "tests.projects.sidecars.books"
    label = "books"
