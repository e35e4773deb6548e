"""Files of bytes as lines of text: encodings that mark themselves are understood, others are asked for."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from io import TextIOWrapper

from ..ports import SourceFile
from ..rows import FileRefused

__all__ = ["encoding_of", "text_lines"]

_HEAD = 4096
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(file: SourceFile, named: str = "") -> str:
    """The encoding of a file: the one that was named, or what its first bytes say; else UTF-8.

    Raises:
        FileRefused: There is no encoding of that name.
    """
    with file.open() as content:
        head = content.read(_HEAD)
    if named:
        return _named(named, head)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if len(head) > 3 and not any(head[1::2]):  # Latin letters in UTF-16 have a zero in each pair
        return "utf-16-le"
    if len(head) > 3 and not any(head[:-1:2]):
        return "utf-16-be"
    return "utf-8-sig"


def _named(name: str, head: bytes) -> str:
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # some codecs make bytes out of bytes
    except (LookupError, TypeError, AssertionError, AttributeError):
        message = f"There is no encoding “{name}”; usual ones are utf-8, cp1252, iso-8859-1 and utf-16."
        raise FileRefused(message, encoding=name) from None
    marked = {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}
    has_mark = any(head.startswith(mark) for mark, _encoding in _MARKS)
    return marked.get(codec.name, codec.name) if has_mark or codec.name == "utf-8" else codec.name


def text_lines(file: SourceFile, encoding: str) -> Iterator[str]:
    """The lines of a file with their ends.

    Raises:
        FileRefused: It is in another encoding.
    """
    number = 0
    with file.open() as content, TextIOWrapper(content, encoding=encoding, newline="") as lines:
        try:
            for line in lines:
                number += 1
                file.count(len(line))
                yield line
        except UnicodeError as error:
            raise FileRefused(_wrong(error, encoding, number), encoding=encoding, line=number + 1) from error


def _wrong(error: UnicodeError, encoding: str, number: int) -> str:
    if encoding != "utf-8-sig":
        return f"After line {number}: {error}. Name the right encoding by --encoding."
    return (
        f"After line {number}: {error}: it isn't UTF-8. Save it as “CSV UTF-8”, or name its encoding: --encoding cp1252 for what "
        "a spreadsheet saves in Western Europe and America, cp1250 in Central Europe, cp1251 in Cyrillic."
    )
