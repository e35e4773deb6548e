"""Items of an XML feed (RSS or Atom), read without what XML can do to a reader: no document types, no entities, no depth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from ..ports import SourceFile
from ..rows import FileRefused

__all__ = ["Item", "looks_like_xml", "xml_items"]

_DEPTH = 12
_TEXT = 1_000_000  # characters in one element
_ITEMS = {"item", "entry"}


@dataclass(frozen=True, slots=True)
class Item:
    """One item.

    Attributes:
        line: Where it begins.
        texts: Of its elements, by their names without namespace, in order.
    """

    line: int
    texts: Mapping[str, list[str]]


def looks_like_xml(file: SourceFile) -> bool:
    """Whether a file begins as XML does, in any encoding."""
    with file.open() as content:
        head = content.read(200)
    return head.translate(None, b"\x00\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def xml_items(file: SourceFile) -> list[Item]:
    """The items of a feed.

    Raises:
        FileRefused: It isn't well-formed, or brings what a feed has no use for.
    """
    reader = _Reader()
    with file.open() as content:
        data = content.read()
    file.count(len(data))
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - expat's own
    except (expat.ExpatError, ValueError, LookupError) as error:
        hint = " In texts “&” is written as &amp; and “<” as &lt;."
        raise FileRefused(f"It isn't well-formed XML: {error}.{hint}", reason=str(error)) from error
    return reader.items


@dataclass(slots=True)
class _Reader:
    items: list[Item] = field(default_factory=list)
    parser: expat.XMLParserType = field(init=False)
    _path: list[str] = field(default_factory=list)
    _item: dict[str, list[str]] | None = None
    _line: int = 0
    _depth: int = 0
    _text: list[str] = field(default_factory=list)
    _size: int = 0

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ProcessingInstructionHandler = lambda target, data: None

    def _refuse(self, *declaration: object) -> None:
        raise FileRefused(f"Line {self.parser.CurrentLineNumber}: document types and entities aren't read.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2].lower()
        self._path.append(local)
        if len(self._path) > _DEPTH:
            raise FileRefused(f"Line {self.parser.CurrentLineNumber}: elements are nested too deeply.")
        if self._item is None and local in _ITEMS:
            self._item, self._line, self._depth = defaultdict(list), self.parser.CurrentLineNumber, len(self._path)
        self._text, self._size = [], 0
        if self._item is not None and local == "link" and "href" in attributes:
            self._item["link"].append(attributes["href"])

    def _characters(self, text: str) -> None:
        self._size += len(text)
        if self._size > _TEXT:
            raise FileRefused(f"Line {self.parser.CurrentLineNumber}: a text is too long.")
        self._text.append(text)

    def _end(self, name: str) -> None:
        text = "".join(self._text).strip()
        self._text = []
        depth = len(self._path)
        local = self._path.pop()
        if self._item is None:
            return
        if depth == self._depth:
            self.items.append(Item(self._line, dict(self._item)))
            self._item = None
        elif (
            depth == self._depth + 1 and text
        ):  # what is in an element of its own, as prices of shipping, isn't the item's
            self._item[local].append(text)
