"""HTML as plain text: markup is never taken over into our pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

__all__ = ["text_of"]

_BLOCKS = {"p", "div", "br", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "blockquote", "pre"}
_MARK = "\ue000"  # stands for a piece whose blanks count; from the private area, and taken out of what comes in


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.exact: list[str] = []
        self.hidden = 0
        self.is_exact = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in {"script", "style"}
        if tag in _BLOCKS:
            self.parts.append("\n" if tag in {"br", "tr"} else "\n\n")
        elif tag == "li":
            self.parts.append("\n• ")
        self.is_exact = self.is_exact or tag == "pre"
        if tag == "pre":
            self.exact.append("")
            self.parts.append(_MARK)

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"} and self.hidden > 0
        if tag == "pre":
            self.is_exact = False
        if tag in _BLOCKS - {"br"}:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.is_exact:
            self.exact[-1] += data
        else:
            self.parts.append(re.sub(r"[ \t\r\n\f]+", " ", data.replace(_MARK, "")))


def text_of(html: str) -> str:
    """The text of a piece of HTML, with its paragraphs and lists; what is ``<pre>`` keeps its blanks."""
    if "<" not in html and "&" not in html:
        return html
    parser = _Text()
    parser.feed(html)
    parser.close()
    text = re.sub(r" *\n *", "\n", "".join(parser.parts))
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    exact = iter(parser.exact)
    return re.sub(_MARK, lambda _: next(exact), text)
