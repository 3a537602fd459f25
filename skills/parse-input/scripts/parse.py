"""Markdown or plain text to one JSON document of sections, sentences and links."""

import argparse
import json
import re
import sys

from sentences import count_words, split_sentences


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def read_given(argument):
    """The argument, or all of the standard input, where Skillet puts what may be too long for an argument."""
    return sys.stdin.buffer.read().decode("utf-8", "replace") if argument is None and not sys.stdin.isatty() else argument or ""


HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
UNDERLINE = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
DEFINITION = re.compile(r"^ {0,3}\[([^\]]+)\]:\s*<?(\S+?)>?(?:\s+[\"'(].*)?$")
NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[IVXLC]+\.|(?:Chapter|Section|Article|Part|§)\s*\d+\S*)\s+\S")
BLOCK_START = re.compile(r"^\s*(?:[-*+]\s+|\d{1,9}[.)]\s+|>)")
TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(\s*<?((?:[^()\s<>]|\([^()\s]*\))+)>?(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
REFERENCE = re.compile(r"(?<!!)\[([^\[\]]+)\](?:\[([^\[\]]*)\])?")
AUTOLINK = re.compile(r"<((?:https?|mailto):[^\s<>]+)>")
BARE_URL = re.compile(r"(?<![\w(<\"'/=])https?://[^\s<>\"']+")


def front_matter(lines):
    """The plain `key: value` lines of a leading `---` block, and the number of lines that it takes."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    for end in range(1, min(len(lines), 200)):
        if lines[end].strip() in ("---", "..."):
            meta = {}
            for line in lines[1:end]:
                pair = re.match(r"^([A-Za-z][\w -]*):\s*(.+?)\s*$", line)
                if pair:
                    meta[pair.group(1).strip()] = pair.group(2).strip("\"'")
            return (meta, end + 1) if meta else ({}, 0)
    return {}, 0


def blank_comments(text):
    """HTML comments become spaces, their line breaks kept so that line numbers stay true."""
    return re.sub(r"<!--.*?(?:-->|\Z)", lambda found: "\n" * found.group().count("\n"), text, flags=re.S)


def is_plain_heading(lines, index):
    """A numbered or all-capitals line that stands alone, in a text without Markdown headings."""
    line = lines[index].strip()
    if not line or len(line) > 80 or line[-1] in ".,;:!?":
        return False
    before = index == 0 or not lines[index - 1].strip()
    after = index + 1 >= len(lines) or not lines[index + 1].strip()
    follows = any(later.strip() for later in lines[index + 1 :])
    if not (before and after and follows):
        return False
    letters = [c for c in line if c.isalpha()]
    shouted = len(letters) >= 3 and all(c == c.upper() for c in letters) and letters[0].lower() != letters[0]
    return bool(shouted or (NUMBERED.match(line) and len(line.split()) <= 10))


def plain_level(line):
    number = re.match(r"^(\d+(?:\.\d+)*)", line.strip())
    return number.group(1).count(".") + 1 if number else 1


class Reader:
    """Collects links while inline Markdown is turned into plain words."""

    def __init__(self, definitions):
        self.definitions = definitions
        self.links, self.images = [], []

    def _note(self, kept, text, url):
        entry = {"text": text.strip(), "url": url}
        if entry not in kept:
            kept.append(entry)

    def _link(self, found):
        self._note(self.links, strip_marks(found.group(1)), found.group(2))
        return found.group(1)

    def _image(self, found):
        self._note(self.images, found.group(1), found.group(2))
        return found.group(1)

    def _reference(self, found):
        key = (found.group(2) or found.group(1)).strip().lower()
        if key not in self.definitions:
            return found.group(0)
        self._note(self.links, strip_marks(found.group(1)), self.definitions[key])
        return found.group(1)

    def _auto(self, found):
        self._note(self.links, found.group(1), found.group(1))
        return found.group(1)

    def _bare(self, found):
        url = found.group(0).rstrip(".,;:!?*_")
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(".,;:!?*_")
        self._note(self.links, url, url)
        return found.group(0)

    def plain(self, text):
        codes = []

        def keep_code(found):
            codes.append(found.group(2).strip())
            return "\x00%d\x00" % (len(codes) - 1)

        text = re.sub(r"(`+)(.+?)(?<!`)\1(?!`)", keep_code, text, flags=re.S)
        text = IMAGE.sub(self._image, text)
        text = LINK.sub(self._link, text)
        text = REFERENCE.sub(self._reference, text)
        text = AUTOLINK.sub(self._auto, text)
        text = BARE_URL.sub(self._bare, text)
        text = re.sub(r"</?[A-Za-z][^<>]*>", "", text)
        text = strip_marks(text)
        text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)
        return re.sub(r"\x00(\d+)\x00", lambda found: codes[int(found.group(1))], text)


def strip_marks(text):
    for mark in (r"\*\*\*", r"\*\*", r"__", r"~~"):
        text = re.sub(mark + r"(?=\S)(.+?)(?<=\S)" + mark, r"\1", text, flags=re.S)
    text = re.sub(r"(?<![\w*\\])\*(?=[^\s*])([^*]+?)(?<=[^\s*])\*(?![\w*])", r"\1", text)
    return re.sub(r"(?<![\w_\\])_(?=[^\s_])([^_]+?)(?<=[^\s_])_(?![\w_])", r"\1", text)


def blocks_of(lines):
    """Paragraphs, list items and table rows, each as one line of text."""
    blocks, open_block = [], []

    def close():
        if open_block:
            blocks.append(" ".join(open_block))
            open_block.clear()

    for line in lines:
        if not line.strip():
            close()
            continue
        if TABLE_RULE.match(line) and "-" in line:
            close()
            continue
        if BLOCK_START.match(line):
            if not (line.lstrip().startswith(">") and open_block):
                close()
            line = re.sub(r"^\s*(?:>\s?)+", "", line)
            line = re.sub(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?", "", line)
        elif line.strip().startswith("|"):
            close()
            line = ", ".join(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")) if cell.strip())
            blocks.append(line)
            continue
        if line.strip():
            open_block.append(line.strip())
    close()
    return blocks


def parse(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    lines = text.split("\n")
    meta, skip = front_matter(lines)
    lines = [""] * skip + blank_comments("\n".join(lines[skip:])).split("\n")

    definitions, fence, in_code, code_blocks = {}, None, set(), 0
    for number, line in enumerate(lines):
        mark = FENCE.match(line)
        if fence:
            in_code.add(number)
            if mark and mark.group(1)[0] == fence[0] and len(mark.group(1)) >= len(fence) and not mark.group(2).strip():
                fence = None
        elif mark and not (mark.group(1)[0] == "`" and "`" in mark.group(2)):
            fence = mark.group(1)
            in_code.add(number)
            code_blocks += 1
        else:
            definition = DEFINITION.match(line)
            if definition and not definition.group(1).startswith("^"):
                definitions[definition.group(1).strip().lower()] = definition.group(2)
                lines[number] = ""

    prose = ["" if number in in_code else line for number, line in enumerate(lines)]
    headings = {}
    for number, line in enumerate(prose):
        atx = HEADING.match(line)
        if atx:
            headings[number] = (len(atx.group(1)), atx.group(2) or "", 1)
        elif (
            UNDERLINE.match(line)
            and number > 0
            and prose[number - 1].strip()
            and number - 1 not in headings
            and not BLOCK_START.match(prose[number - 1])
            and "|" not in prose[number - 1]
            and (number < 2 or not prose[number - 2].strip())
        ):
            headings[number - 1] = (1 if "=" in line else 2, prose[number - 1].strip(), 2)
    if not headings:
        for number, line in enumerate(prose):
            if is_plain_heading(prose, number):
                headings[number] = (plain_level(line), line.strip(), 1)

    reader = Reader(definitions)
    starts = sorted(headings)
    sections = []

    def add(heading, level, line, body):
        texts = [reader.plain(block) for block in blocks_of(body)]
        texts = [re.sub(r"\s+", " ", block).strip() for block in texts]
        texts = [block for block in texts if block]
        if not texts and level == 0:
            return
        sections.append(
            {
                "heading": heading,
                "level": level,
                "text": "\n".join(texts),
                "sentences": [sentence for block in texts for sentence in split_sentences(block)],
                "words": sum(count_words(block) for block in texts),
                "line": line + 1,
            }
        )

    first = starts[0] if starts else len(prose)
    lead = next((number for number in range(first) if prose[number].strip()), 0)
    add("", 0, lead, prose[:first])
    for position, number in enumerate(starts):
        level, heading, taken = headings[number]
        end = starts[position + 1] if position + 1 < len(starts) else len(prose)
        add(reader.plain(heading).strip(), level, number, prose[number + taken : end])

    title = meta.get("title") or next((s["heading"] for s in sections if s["level"] == 1 and s["heading"]), "")
    title = title or next((s["heading"] for s in sections if s["heading"]), "")
    if not title and sections:
        opening = sections[0]["sentences"][0] if sections[0]["sentences"] else ""
        title = opening if len(opening) <= 80 else opening[:79].rsplit(" ", 1)[0] + "…"
    words = sum(section["words"] for section in sections)
    return {
        "title": title,
        "sections": sections,
        "words": words,
        "sentences": sum(len(section["sentences"]) for section in sections),
        "reading_minutes": max(1, round(words / 220)) if words else 0,
        "links": reader.links,
        "images": reader.images,
        "code_blocks": code_blocks,
        "meta": meta,
    }


def document_from(text):
    """Parses the text, or passes on the JSON that an earlier step has made from one."""
    if text.lstrip()[:1] == "{":
        try:
            given = json.loads(text)
        except ValueError:
            return parse(text)
        if isinstance(given, dict):
            inner = given.get("document") if isinstance(given.get("document"), dict) else given
            if isinstance(inner.get("sections"), list):
                return inner
            for key in ("text", "content", "markdown", "body"):
                if isinstance(given.get(key), str):
                    return parse(given[key])
    return parse(text)


def main():
    arguments = Arguments(prog="parse-input", allow_abbrev=False)
    arguments.add_argument("--text")
    text = read_given(arguments.parse_args().text)
    if not text.strip():
        raise Problem("There is no text to parse. Paste a document into “Document”.")
    print(json.dumps(document_from(text), ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"parse-input: {problem}", file=sys.stderr)
        sys.exit(1)
