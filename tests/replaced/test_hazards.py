"""Mistakes when a project replaces an app, as its developer meets it: the message names the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.upgrade.conftest import Shop, new_shop

pytestmark = pytest.mark.slow
PRODUCT = "class Product(base.AbstractProduct):\n    isbn"
ATTRIBUTE = "class Attribute(base.AbstractAttribute):\n    pass\n"
TAG = "class Tag(base.AbstractTag):\n    pass\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """With a catalogue of its own, and nothing wrong with it: a control of what the tests break and put back."""
    with new_shop(tmp_path_factory.mktemp("hazards")) as shop:
        shop.replace("catalogue")
        shop.django("makemigrations", "-n", "shop_isbn", "tradepost_catalogue")
        assert "No changes detected" in shop.django("makemigrations", "--check", "--dry-run")
        yield shop


def edited(project: Shop, old: str, new: str) -> Path:
    """The project's models with another text in the place of one; its old text is kept beside it."""
    models = project.folder / "shop/catalogue/models.py"
    text = models.read_text()
    assert old in text
    (project.folder / "kept").write_text(text)
    models.write_text(text.replace(old, new, 1))
    return models


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (TAG, "", "class Tag(base.AbstractTag):\n        pass\n\nor let `python -m tradepost replace catalogue"),
        (TAG, TAG.replace("Tag(", "Label("), "must call its AbstractTag Tag, and not Label"),
        (
            ATTRIBUTE,
            ATTRIBUTE.replace("pass", "class Meta:\n        ordering = ['pk']"),
            "drops tradepost_catalogue_attribute_code, verbose_name, verbose_name_plural of base.AbstractAttribute: write",
        ),
        (
            ATTRIBUTE,
            ATTRIBUTE.replace("pass", "class Meta(base.AbstractAttribute.Meta):\n        constraints = []"),
            "`constraints = [*base.AbstractAttribute.Meta.constraints, …]`",
        ),
        (
            PRODUCT,
            PRODUCT.replace("isbn", "class Meta(base.AbstractProduct.Meta):\n        indexes = []\n\n    isbn"),
            "the index on archived_at of base.AbstractProduct: write",
        ),
        (
            PRODUCT,
            PRODUCT.replace("isbn", "brand = None\n    isbn"),
            "E018) shop.catalogue.models.Product has no brand",
        ),
        (
            PRODUCT,
            PRODUCT.replace("isbn", "brand = models.CharField(max_length=9)\n    isbn"),
            "E018) shop.catalogue.models.Product has another field instead of brand",
        ),
    ],
    ids=["no model", "another name", "no Meta", "no constraints", "no index", "no field", "another field"],
)
def test_a_model_that_lacks_something_of_ours_is_told(project: Shop, old: str, new: str, message: str) -> None:
    """Before a migration is written."""
    models = edited(project, old, new)
    try:
        assert message in project.django("makemigrations", fails=True)
    finally:
        models.write_text((project.folder / "kept").read_text())


def test_a_missing_model_is_added_while_the_project_cannot_start(project: Shop) -> None:
    """By the command that needs no project."""
    models = edited(project, TAG, "")
    try:
        assert "added 1" in project.python("-m", "tradepost", "replace", "catalogue", "shop/catalogue", "--update")
        assert "No changes detected" in project.django("makemigrations", "--check", "--dry-run")
    finally:
        models.write_text((project.folder / "kept").read_text())


def test_templates_that_are_not_found_are_told(project: Shop) -> None:
    """An app after ours can't override a template, which Django wouldn't say."""
    mail = project.folder / "shop/catalogue/templates/tradepost/mail/order_confirmed.txt"
    mail.parent.mkdir(parents=True)
    mail.touch()
    try:
        output = project.django("check", "--fail-level", "WARNING", fails=True)
    finally:
        mail.unlink()
    assert "W003) shop.catalogue/templates has files that ours hide: tradepost/mail/order_confirmed.txt" in output
    assert 'Put the files into a folder of TEMPLATES[0]["DIRS"].' in output
    mail.with_name("mine.txt").touch()
    project.django("check", "--fail-level", "WARNING")


def test_what_is_found_by_the_replaced_apps_folder_is_told(project: Shop) -> None:
    """The core has templates, static files and tags; a project that replaces it names their folders."""
    project.django("tradepost_replace", "core", "shop/core")
    settings, replaced = project.folder / "shop/settings.py", project.replaced
    text = settings.read_text()
    project.replaced = ("core",)
    try:
        output = project.django("check", fails=True)
        assert output.count("E017") == 3
        assert 'TEMPLATES[0]["DIRS"] = [..., Path(tradepost.core.__file__).parent / "templates"]' in output
        settings.write_text(
            text + "from pathlib import Path\nimport tradepost.core\nHOME = Path(tradepost.core.__file__).parent\n"
            'STATICFILES_DIRS = [HOME / "static"]\n'
            'TEMPLATES[0]["DIRS"] = [HOME / "templates"]\n'
            'TEMPLATES[0]["OPTIONS"]["libraries"] = {"tradepost": "tradepost.core.templatetags.tradepost"}\n'
        )
        project.django("check", "--fail-level", "WARNING")
    finally:
        settings.write_text(text)
        project.replaced = replaced
