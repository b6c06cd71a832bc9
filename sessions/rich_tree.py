"""Rich text as a tree that other formats than HTML are set from."""

from html.parser import HTMLParser
from typing import TypedDict

from sessions.rich_text import sanitise


class Node(TypedDict):
    """An element of ``sessions.rich_text.EXTENSIONS``; ``href`` is "" but for a link."""

    tag: str
    href: str
    children: "list[Node | str]"


def tree_of(html: str) -> list[Node | str]:
    """Return the sanitised elements of ``html``, from the outermost.

    No heading is deeper than one level below the heading before it: a text that starts with an h4
    is given an h3, as documents that are read aloud refuse a level that is skipped.
    """
    builder = _Builder()
    builder.feed(sanitise(html))
    builder.close()
    return builder.root["children"]


def _node(tag: str, href: str = "") -> Node:
    return {"tag": tag, "href": href, "children": []}


class _Builder(HTMLParser):
    """Expects what ``sanitise`` returns: every tag known, opened and closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _node("")
        self._open = [self.root]
        self._has_h3 = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._has_h3 = self._has_h3 or tag == "h3"
        if tag == "h4" and not self._has_h3:
            tag = "h3"
        node = _node(tag, dict(attrs).get("href") or "")
        self._open[-1]["children"].append(node)
        if tag != "br":
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br" and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        # Line ends between blocks are nobody's text.
        if data.strip() or not self._is_between_blocks():
            self._open[-1]["children"].append(data)

    def _is_between_blocks(self) -> bool:
        return self._open[-1]["tag"] in ("", "ul", "ol", "li", "blockquote")
