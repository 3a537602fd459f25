"""The links of a Markdown or HTML page, and the anchors that it offers."""

import html
import re
from html.parser import HTMLParser
from typing import NamedTuple, Set


class Link(NamedTuple):
    line: int
    url: str


class Page(NamedTuple):
    links: list
    anchors: Set[str]


class _Html(HTMLParser):
    LINKS = {"a": "href", "area": "href", "link": "href", "img": "src", "script": "src", "iframe": "src", "source": "src",
             "video": "src", "audio": "src", "embed": "src", "object": "data", "track": "src"}

    def __init__(self, first_line=1):
        super().__init__(convert_charrefs=True)
        self.links, self.anchors, self._first, self.has_base = [], set(), first_line, False

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        line = self.getpos()[0] + self._first - 1
        for name in ("id", "name") if tag == "a" else ("id",):
            if given.get(name):
                self.anchors.add(given[name])
        if tag == "base" and given.get("href"):
            self.has_base = True
        if tag == "link" and re.search(r"preconnect|dns-prefetch", given.get("rel", "")):
            return
        url = given.get(self.LINKS.get(tag, ""), "").strip()
        if url:
            self.links.append(Link(line, url))
        for part in given.get("srcset", "").split(","):
            if part.strip():
                self.links.append(Link(line, part.split()[0]))


def read_html(text):
    parser = _Html()
    parser.feed(text)
    return Page([] if parser.has_base else parser.links, parser.anchors)


FENCE = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})(.*)$")
HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
INLINE = re.compile(r"\]\(\s*(?:<([^<>\n]*)>|((?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))+))(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)")
DEFINITION = re.compile(r"^ {0,3}\[((?:\\.|[^\][\\])+)\]:\s*(?:<([^<>]*)>|(\S+))")
REFERENCE = re.compile(r"\[((?:\\.|[^\][\\])+)\]\[((?:\\.|[^\][\\])*)\]")
AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
BARE = re.compile(r"(?<![\w(<\"'=/\[])https?://[^\s<>\"'`]+")
CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")


def slug_of(heading):
    text = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", heading)
    text = re.sub(r"<[^>]*>", "", text)
    text = html.unescape(re.sub(r"[`*]|(?<!\w)_+|_+(?!\w)", "", text)).strip().lower()
    return re.sub(r"[^\w\- ]", "", text, flags=re.UNICODE).replace(" ", "-")


def read_markdown(text):
    text = re.sub(r"<!--.*?(?:-->|\Z)", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    lines, fence, front = text.split("\n"), None, False
    prose = []
    for number, line in enumerate(lines):
        if number == 0 and line.strip() == "---" and any(later.strip() == "---" for later in lines[1:100]):
            front = True
            prose.append("")
            continue
        if front:
            front = line.strip() != "---"
            prose.append("")
            continue
        mark = FENCE.match(line)
        if fence:
            if mark and mark.group(1).startswith(fence) and not mark.group(2).strip():
                fence = None
            prose.append("")
        elif mark and not (mark.group(1)[0] == "`" and "`" in mark.group(2)):
            fence = mark.group(1)
            prose.append("")
        elif line.startswith(("    ", "\t")) and (not prose or not prose[-1].strip()) and not re.match(r"\s*(?:[-*+]|\d+[.)])\s", line):
            prose.append("")
        else:
            prose.append(line)

    anchors, used, links, definitions = set(), {}, [], {}

    def add_heading(text):
        slug = slug_of(text)
        seen = used.get(slug, 0)
        used[slug] = seen + 1
        anchors.add(f"{slug}-{seen}" if seen else slug)

    for number, line in enumerate(prose):
        found = DEFINITION.match(line)
        if found and not found.group(1).startswith("^"):
            definitions.setdefault(" ".join(found.group(1).lower().split()), (number + 1, found.group(2) or found.group(3)))
            prose[number] = ""
    links += [Link(line, url) for line, url in definitions.values()]
    missing = []
    for number, line in enumerate(prose):
        heading = HEADING.match(line)
        if heading:
            add_heading(heading.group(2) or "")
        elif re.match(r"^ {0,3}(?:=+|-{2,})\s*$", line) and number and prose[number - 1].strip() and not HEADING.match(prose[number - 1]):
            add_heading(prose[number - 1].strip())
        bare = CODE.sub(lambda m: " " * len(m.group()), line)
        for found in INLINE.finditer(bare):
            url = found.group(1) if found.group(1) is not None else found.group(2)
            links.append(Link(number + 1, re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", url)))
        for found in REFERENCE.finditer(bare):
            label = " ".join((found.group(2) or found.group(1)).lower().split())
            if label not in definitions and not label.startswith("^"):
                missing.append(Link(number + 1, found.group()))
        rest = INLINE.sub(lambda m: " " * len(m.group()), bare)
        for found in AUTOLINK.finditer(rest):
            links.append(Link(number + 1, found.group(1)))
        for found in BARE.finditer(AUTOLINK.sub(" ", rest)):
            url = found.group().rstrip(".,;:!?*_~")
            while url.endswith(")") and url.count(")") > url.count("("):
                url = url[:-1].rstrip(".,;:!?*_~")
            links.append(Link(number + 1, url))
        if "<" in bare:
            parser = _Html(number + 1)
            parser.feed(bare)
            links += [link for link in parser.links if link not in links]
            anchors |= parser.anchors
    return Page(links, anchors), missing
