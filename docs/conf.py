"""How the documentation is built: Sphinx with MyST, and pages of reference that are made from the code."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS / "_ext"), str(DOCS.parent)]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

import tradepost  # noqa: E402 - after django.setup(), as for any project

project = "Tradepost"
author = "the Tradepost authors"
copyright = f"2026, {author}"
version = release = tradepost.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tradepost_reference", "tradepost_api_tables"]
exclude_patterns = ["_build", "_ext"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist", "attrs_block", "substitution"]
myst_substitutions = {"release": release}
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
# Links between pages are checked strictly. Names of types in signatures are not: most are Django's, or are written by their
# short names under TYPE_CHECKING.
suppress_warnings = ["ref.python"]
nitpick_ignore_regex = [("py:.*", ".*")]

html_theme = "furo"
html_title = f"Tradepost {release}"
html_static_path = ["_static"]
html_css_files = ["tradepost.css"]
html_js_files = ["tradepost.js"]
html_search_scorer = str(DOCS / "_static" / "search_scorer.js")
html_copy_source = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#17594a", "color-brand-content": "#17594a"},
    "dark_css_variables": {"color-brand-primary": "#7fcfb9", "color-brand-content": "#7fcfb9"},
}
# Styles whose colours can be told from the background (furo brings them).
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "github-dark"
