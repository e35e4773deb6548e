"""Staff add, order, change and remove pictures of products by the API."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Pillow

from tradepost.catalogue import services
from tradepost.catalogue.models import Image, Product
from tradepost.core.db import transactions
from tradepost.testing import factories

from .conftest import Staff, errors

pytestmark = pytest.mark.django_db

MUG = "products/mug/images/"


def picture(colour: str = "red", file_format: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    """A picture of one colour."""
    target = BytesIO()
    Pillow.new("RGB", size, colour).save(target, file_format)
    return target.getvalue()


@pytest.fixture
def mug() -> Product:
    """A product with two variants."""
    product = factories.product(slug="mug")
    factories.variant(product=product, sku="MUG-S", options={"Size": "S"})
    factories.variant(product=product, sku="MUG-L", options={"Size": "L"})
    return product


@pytest.fixture
def keeper(staff: Any) -> Staff:
    """A member of the department that keeps the goods."""
    member: Staff = staff("catalogue")
    return member


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """A block at whose end the callbacks of a commit run."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def upload(member: Staff, content: bytes = b"", *, name: str = "photo", key: str = "", **fields: Any) -> Any:
    """Send a form; with a file where there is content."""
    file = {"file": SimpleUploadedFile(name, content, content_type="text/html")} if content else {}
    headers = {"Idempotency-Key": key} if key else {}
    return member.client.post(f"/api/v1/staff/{MUG}", {**file, **fields}, headers=headers)


def stored() -> list[str]:
    """Files in the storage."""
    pending, files = ["products"], []
    while pending:
        folder = pending.pop()
        if default_storage.exists(folder):
            folders, names = default_storage.listdir(folder)
            pending += [f"{folder}/{name}" for name in folders]
            files += names
    return files


@pytest.fixture(autouse=True)
def _no_files() -> None:
    """None are left by other tests."""
    if default_storage.exists("products"):
        _clear("products")


def _clear(folder: str) -> None:
    folders, names = default_storage.listdir(folder)
    for name in names:
        default_storage.delete(f"{folder}/{name}")
    for name in folders:
        _clear(f"{folder}/{name}")


@pytest.mark.parametrize(("file_format", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_file_is_kept_under_a_name_of_ours(keeper: Staff, mug: Product, file_format: str, extension: str) -> None:
    """By what it is, whatever its sender calls it."""
    answer = upload(
        keeper, picture("red", file_format), name="../../shell.php", alt="A red mug", variant="MUG-L", position="7"
    )

    body = answer.json()
    image = Image.objects.get()
    assert answer.status_code == 201
    assert body == {
        "uuid": str(image.uuid),
        "product": "mug",
        "variant": "MUG-L",
        "url": f"http://testserver{image.file.url}",
        "alt": "A red mug",
        "position": 7,
        "is_main": True,
    }
    [name] = stored()
    stem, _dot, suffix = name.partition(".")
    assert (len(stem), int(stem, 16) > 0, suffix) == (32, True, extension)
    assert image.file.read() == picture("red", file_format)
    assert keeper.get(f"images/{image.uuid}/").json() == body


def test_an_address_elsewhere_is_kept_as_it_is(keeper: Staff, mug: Product) -> None:
    """Nothing is fetched from it; the same address again gives the same picture."""
    answer = upload(keeper, source_url="https://cdn.example/mug.png")
    again = upload(keeper, source_url="https://cdn.example/mug.png", alt="Another text")

    assert (answer.status_code, again.status_code) == (201, 200)
    assert answer.json()["url"] == "https://cdn.example/mug.png"
    assert again.json() == answer.json()
    assert (Image.objects.count(), stored()) == (1, [])


def test_the_same_file_again_is_the_picture_that_is_there(keeper: Staff, mug: Product, commits: Any) -> None:
    """For the same variant; for another one it is another picture. No file is left over."""
    first = upload(keeper, picture())
    with commits():
        again = upload(keeper, picture())
    other = upload(keeper, picture(), variant="MUG-S")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert again.json() == first.json()
    assert other.json()["variant"] == "MUG-S"
    assert len(stored()) == 2


def test_a_key_remembers_the_file(keeper: Staff, mug: Product) -> None:
    """The same call is answered from memory, another file under the key is refused."""
    first = upload(keeper, picture(), key="mug-1")
    again = upload(keeper, picture(), key="mug-1")
    other = upload(keeper, picture("blue"), key="mug-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first.json())
    assert errors(other) == [(422, ""), ("idempotency_key_reused", None)]
    assert Image.objects.count() == 1


def test_one_is_the_main_picture(keeper: Staff, mug: Product) -> None:
    """The first; another one is put before it, and the others keep their order."""
    red, blue = (upload(keeper, picture(colour)).json() for colour in ("red", "blue"))
    green = upload(keeper, picture("green"), is_main="true").json()

    def shown() -> list[tuple[str, int, bool]]:
        rows = keeper.get(MUG).json()["results"]
        return [(row["uuid"], row["position"], row["is_main"]) for row in rows]

    assert (red["position"], blue["position"], green["position"]) == (0, 1, 0)
    assert shown() == [(green["uuid"], 0, True), (red["uuid"], 1, False), (blue["uuid"], 2, False)]
    assert keeper.patch(f"images/{blue['uuid']}/", {"is_main": True}).json()["is_main"] is True
    assert shown() == [(blue["uuid"], 0, True), (green["uuid"], 1, False), (red["uuid"], 2, False)]


def test_a_picture_is_changed(keeper: Staff, mug: Product) -> None:
    """In the fields that are named; lists by the last change have its product first."""
    uuid = upload(keeper, picture(), variant="MUG-S").json()["uuid"]
    before = Product.objects.get()

    answer = keeper.patch(f"images/{uuid}/", {"alt": "From above", "variant": None, "position": 3})

    after = Product.objects.get()
    body = answer.json()
    assert (body["alt"], body["variant"], body["position"]) == ("From above", None, 3)
    assert (after.version, after.updated_at > before.updated_at) == (before.version + 1, True)
    keeper.patch(f"images/{uuid}/", {"alt": "From above"})
    assert Product.objects.get().version == after.version


def test_a_picture_is_removed_with_its_file(keeper: Staff, mug: Product, commits: Any) -> None:
    """After the commit; the file of another picture stays."""
    red, blue = (upload(keeper, picture(colour)).json()["uuid"] for colour in ("red", "blue"))
    kept_file = Image.objects.get(uuid=blue).file.name.rpartition("/")[2]

    with commits():
        answer = keeper.send("delete", f"images/{red}/")
        assert len(stored()) == 2

    assert answer.status_code == 204
    assert stored() == [kept_file]
    assert errors(keeper.get(f"images/{red}/")) == [(404, ""), ("not_found", None)]
    assert errors(keeper.send("delete", f"images/{red}/")) == [(404, ""), ("not_found", None)]


def test_a_storage_that_fails_keeps_no_picture(
    keeper: Staff, mug: Product, commits: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The row goes; what went wrong is in the log."""
    uuid = upload(keeper, picture()).json()["uuid"]

    def fail(name: str) -> None:
        raise OSError(name)

    with commits():
        assert keeper.send("delete", f"images/{uuid}/").status_code == 204
        monkeypatch.setattr(default_storage._wrapped, "delete", fail)

    assert Image.objects.count() == 0
    assert len(stored()) == 1
    assert "Error calling _discard in on_commit()" in caplog.text


def test_two_rows_with_one_file_keep_it(keeper: Staff, mug: Product, commits: Any) -> None:
    """As a row of an import may have: the file goes with the last of them."""
    image = Image.objects.get(uuid=upload(keeper, picture()).json()["uuid"])
    twin = Image.objects.create(product=mug, file=image.file.name)

    with commits():
        services.remove_image(image)
    assert len(stored()) == 1
    with commits():
        services.remove_image(twin)
    assert stored() == []


BROKEN = picture(size=(99, 99))[:-30]


@pytest.mark.parametrize(
    ("content", "fields", "expected", "facts"),
    [
        (b"Not a picture.", {}, (400, "image_type", "file"), {"allowed": ["jpeg", "png", "webp"]}),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, (400, "image_type", "file"), None),
        (picture(file_format="GIF"), {}, (400, "image_type", "file"), None),
        (picture()[:20], {}, (400, "image_unreadable", "file"), None),
        (BROKEN, {}, (400, "image_unreadable", "file"), None),
        (picture(file_format="JPEG", size=(99, 99))[:-200], {}, (400, "image_unreadable", "file"), None),
        (picture(size=(200, 51)), {}, (400, "image_too_many_pixels", "file"), {"width": 200, "height": 51, "max_pixels": 10_000}),
        (picture() + b"\0" * 5000, {}, (413, "image_too_large", "file"), {"max_bytes": 5000}),
        (b"", {}, (400, "invalid", "file"), None),
        (picture(), {"source_url": "https://cdn.example/a.png"}, (400, "invalid", "file"), None),
        (b"", {"source_url": "javascript:alert(1)"}, (400, "invalid", "source_url"), None),
        (b"", {"source_url": "ftp://cdn.example/a.png"}, (400, "invalid", "source_url"), None),
        (b"", {"file": "text"}, (400, "invalid", "file"), None),
        (picture(), {"variant": "PLATE"}, (400, "invalid", "variant"), None),
        (picture(), {"position": "-1"}, (400, "min_value", "position"), None),
        (picture(), {"position": "9" * 400}, (400, "invalid", "position"), None),
        (picture(), {"position": "1", "is_main": "true"}, (400, "invalid", "position"), None),
        (picture(), {"is_main": "perhaps"}, (400, "invalid", "is_main"), None),
        (picture(), {"alt": "\0"}, (400, "null_characters_not_allowed", "alt"), None),
        (picture(), {"alt": "x" * 513}, (400, "max_length", "alt"), None),
        (picture(), {"alt": ["one", "two"]}, (400, "parse_error", None), None),
        (picture(), {"title": "Mug"}, (400, "unknown_field", "title"), None),
    ],
    ids=[
        "text", "svg", "gif", "header", "half_png", "half_jpeg", "pixels", "bytes", "nothing", "both", "script", "ftp",
        "no_file", "variant", "below", "huge", "twice_placed", "perhaps", "nul", "long", "repeated", "unknown",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(
    keeper: Staff, mug: Product, settings: Any, commits: Any, content: bytes, fields: Any, expected: Any, facts: Any
) -> None:
    """With a code and the facts; neither a row nor a file is left."""
    settings.TRADEPOST_CATALOGUE = {"IMAGE_MAX_BYTES": 5000, "IMAGE_MAX_PIXELS": 10_000}
    version = Product.objects.get().version

    with commits():
        answer = upload(keeper, content, name="photo.png", **fields)

    status, code, attr = expected
    assert errors(answer) == [(status, ""), (code, attr)]
    if facts is not None:
        assert answer.json()["context"] == facts
    assert (Image.objects.count(), stored(), Product.objects.get().version) == (0, [], version)


def test_a_long_body_is_refused_before_it_is_read(keeper: Staff, mug: Product, settings: Any) -> None:
    """By its length, before anybody reads it."""
    settings.TRADEPOST_CATALOGUE = {"IMAGE_MAX_BYTES": 5000}

    answer = upload(keeper, b"\0" * 80_000)

    assert errors(answer) == [(413, ""), ("image_too_large", "file")]
    assert answer.json()["context"] == {"max_bytes": 5000}


FORM = "multipart/form-data; boundary=x"


def part(headers: str, content: bytes = b"") -> bytes:
    """One field of a form."""
    return b"--x\r\nContent-Disposition: form-data; " + headers.encode() + b"\r\n\r\n" + content + b"\r\n"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data", 400),
        (b"nonsense", FORM, 400),
        (b"--x\r\n", "multipart/form-data; boundary=é", 400),
        (b"".join(part(f'name="{n}"') for n in range(1100)) + b"--x--", FORM, 400),
        (part('name="file"; filename="a"\r\nContent-Transfer-Encoding: base64', b"!") + b"--x--", FORM, 400),
        (part('name="alt"', b"\xff\xfe") + b"--x--", f"{FORM}; charset=hex", 400),
    ],
    ids=["json", "no_boundary", "no_form", "odd_boundary", "many_fields", "base64", "charset"],
)
@pytest.mark.parametrize("enforce", [False, True], ids=["read_by_us", "read_for_csrf"])
def test_what_is_no_form_is_refused(
    keeper: Staff, mug: Product, body: bytes, content_type: str, status: int, enforce: bool
) -> None:
    """In the one form of refusals; also where Django reads it before we do, looking for a token in it."""
    client = Client(enforce_csrf_checks=enforce)
    client.force_login(keeper.user)

    answer = client.generic("POST", f"/api/v1/staff/{MUG}", body, content_type=content_type)

    assert answer.status_code in ({400, 403} if enforce else {status})
    assert answer.json()["errors"][0]["detail"]
    assert Image.objects.count() == 0


def test_a_product_gets_so_many_pictures(keeper: Staff, mug: Product, settings: Any, commits: Any) -> None:
    """One more is refused, and its file isn't kept."""
    settings.TRADEPOST_CATALOGUE = {"IMAGES_PER_PRODUCT": 1}
    upload(keeper, picture())

    with commits():
        answer = upload(keeper, picture("blue"))

    assert errors(answer) == [(409, ""), ("too_many_images", None)]
    assert answer.json()["context"] == {"max_images": 1}
    assert (Image.objects.count(), len(stored())) == (1, 1)


def test_changes_that_are_wrong_are_refused(keeper: Staff, mug: Product) -> None:
    """Each by its field; nothing is written."""
    uuid = upload(keeper, picture(), alt="Mug").json()["uuid"]
    factories.variant(sku="PLATE")
    wrong: list[tuple[Any, Any]] = [
        ({"variant": "PLATE"}, ("invalid", "variant")),
        ({"position": 1, "is_main": True}, ("invalid", "position")),
        ({"is_main": "true"}, ("invalid", "is_main")),
        ({"alt": None}, ("null", "alt")),
        ({"alt": 5}, ("invalid", "alt")),
        ({"file": "x"}, ("unknown_field", "file")),
    ]

    assert [errors(keeper.patch(f"images/{uuid}/", body))[1:] for body, _expected in wrong] == [
        [expected] for _body, expected in wrong
    ]
    image = Image.objects.get()
    assert (image.alt, image.variant_id, image.position) == ("Mug", None, 0)


def test_what_is_not_there_is_not_found(keeper: Staff, mug: Product) -> None:
    """A product, a picture."""
    assert keeper.get("products/plate/images/").status_code == 404
    assert keeper.patch(f"images/{uuid4()}/", {"alt": "x"}).status_code == 404


def test_a_list_costs_the_same_with_many_pictures(keeper: Staff, mug: Product) -> None:
    """With one and with fifty."""

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert keeper.get(MUG, page_size=50).status_code == 200
        return len(queries)

    Image.objects.create(product=mug, file=default_storage.save("products/a.png", ContentFile(b"")))
    once = count()
    variant = mug.variants.get(sku="MUG-S")
    Image.objects.bulk_create([
        Image(product=mug, variant=variant, source_url=f"https://cdn.example/{number}.png", position=number)
        for number in range(1, 50)
    ])  # fmt: skip

    assert count() == once


def test_a_file_is_stored_outside_any_transaction(mug: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storage may be far away."""
    monkeypatch.setattr(transactions, "inside", lambda: True)

    with pytest.raises(RuntimeError, match="talks to the network"):
        services.add_image(mug, {}, content=picture())
    assert stored() == []
