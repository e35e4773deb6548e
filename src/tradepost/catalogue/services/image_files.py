"""Files of pictures: what is taken, and under which name it is kept."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from tradepost.core import db

from ..conf import settings
from ..errors import ImageTooLarge, ImageTooManyPixels, ImageType, ImageUnreadable
from ..models import Image

__all__ = ["check_image_size", "digest_of", "discard_after_commit", "extension_of"]

_EXTENSIONS = {
    "JPEG": "jpg",
    "MPO": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "AVIF": "avif",
}  # MPO: by phones


def check_image_size(size: int) -> None:
    """Refuse more bytes than a picture may have.

    Raises:
        ImageTooLarge: There are more.
    """
    most = settings().IMAGE_MAX_BYTES
    if size > most:
        text = _("A picture may have %(kilobytes)s KB at most.") % {"kilobytes": most // 1024}
        raise ImageTooLarge(text, attr="file", max_bytes=most)


def extension_of(content: bytes) -> str:
    """The extension of a picture by what its bytes are, whatever its sender calls it; the whole of it is read.

    Raises:
        ImageTooLarge: It has too many bytes.
        ImageType: It is of another format than those in ``TRADEPOST_CATALOGUE["IMAGE_FORMATS"]``.
        ImageTooManyPixels: It is too large in width times height. It isn't decoded then.
        ImageUnreadable: It breaks off, or is damaged.
    """
    # Here, for few processes ever see a picture, and Pillow is large.
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    check_image_size(len(content))
    formats = settings().IMAGE_FORMATS
    try:
        picture = Pillow.open(BytesIO(content), formats=[name.upper() for name in formats])
    except UnidentifiedImageError as error:
        text = _("A picture is a file of one of these formats: %(formats)s.") % {"formats": ", ".join(formats)}
        raise ImageType(text, attr="file", allowed=list(formats)) from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders raise whatever they like on damaged files
        raise _unreadable() from error
    with picture:
        if picture.width * picture.height > settings().IMAGE_MAX_PIXELS:
            raise _too_many_pixels(width=picture.width, height=picture.height)
        try:
            picture.draft("RGB", (1, 1))  # a JPEG is read whole and kept small
            picture.load()
        except Exception as error:
            raise _unreadable() from error
        return _EXTENSIONS[str(picture.format)]


def _too_many_pixels(**facts: Any) -> ImageTooManyPixels:
    most = settings().IMAGE_MAX_PIXELS
    text = _("A picture may have %(pixels)s pixels at most.") % {"pixels": most}
    return ImageTooManyPixels(text, attr="file", max_pixels=most, **facts)


def _unreadable() -> ImageUnreadable:
    return ImageUnreadable(_("This picture breaks off, or is damaged."), attr="file")


def digest_of(content: bytes) -> str:
    """The stem of the file's name: the same for the same bytes."""
    return sha256(content).hexdigest()[:32]


def discard_after_commit(file: Any) -> None:
    """Remove a picture's file once the transaction stands, at once outside one. A storage that fails is logged.

    A file that another picture has stays.
    """
    db.after_commit(_discard, file.storage, file.name)


def _discard(storage: Any, name: str) -> None:
    if not Image.objects.filter(file=name).exists():
        storage.delete(name)
