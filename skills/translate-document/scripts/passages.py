"""Takes a document apart into passages to translate and puts it together again around their translations."""

import re
from html import unescape
from xml.sax.saxutils import escape

FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
PREFIX = re.compile(r"^(\s*(?:>\s?)*(?:(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?)?(?:#{1,6}\s+)?)(.*?)(\s*)$")
RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$|^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$|^\s*=+\s*$")
DEFINITION = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*\S+")
# What must not be translated: code, addresses, tags, the target of a link with its brackets.
KEPT = re.compile(
    r"(`+)(?:.+?)\1|!\[[^\]]*\]\([^)\s]*(?:\s+\"[^\"]*\")?\)|\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)|\]\[[^\]]*\]"
    r"|<[a-zA-Z/!][^<>]*>|https?://[^\s<>()\"]+|\{\{.*?\}\}|\$\{[^}]*\}|\\."
)


def to_xml(text):
    """The passage as XML, with what must stay in <x> elements."""
    parts, end = [], 0
    for found in KEPT.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(f"<x>{escape(found.group())}</x>")
        end = found.end()
    parts.append(escape(text[end:]))
    return "".join(parts)


def from_xml(text):
    return unescape(re.sub(r"</?x\s*/?>", "", text))


def has_words(text):
    return any(c.isalpha() for c in KEPT.sub(" ", text))


class Document:
    """`pieces` are texts to keep (str) and passages to translate (one-element lists)."""

    def __init__(self, text, is_markdown):
        self._pieces = []
        lines = text.split("\n")
        at = self._front_matter(lines) if is_markdown else 0
        fence, paragraph, quote = None, [], None

        def close():
            if paragraph:
                # A paragraph's lines are one passage: its sentences run across them.
                self._passage("\n".join(paragraph) if not is_markdown else " ".join(paragraph))
                self._pieces.append("\n")
                paragraph.clear()

        for line in lines[at:]:
            mark = FENCE.match(line) if is_markdown else None
            if fence:
                self._keep(line)
                if mark and mark.group(1).startswith(fence) and not line.strip().strip(fence[0]):
                    fence = None
                continue
            if mark:
                close()
                fence = mark.group(1)
                self._keep(line)
            elif not line.strip():
                close()
                self._keep(line)
            elif not is_markdown:
                paragraph.append(line)
            elif RULE.match(line) or DEFINITION.match(line) or (line.startswith(("    ", "\t")) and not paragraph):
                close()
                self._keep(line)
            elif line.lstrip().startswith("|"):
                close()
                for part in re.split(r"((?<!\\)\|)", line):
                    self._spaced(part)
                self._pieces.append("\n")
            else:
                prefix, words, tail = PREFIX.match(line).groups()
                breaks = tail == "  " or words.endswith("\\")
                if paragraph and prefix.strip() and prefix.strip() == quote:
                    paragraph.append(words)  # the quotation goes on
                elif prefix.strip():
                    close()
                    quote = prefix.strip() if not prefix.strip(" >") else None
                    self._pieces.append(prefix)
                    paragraph.append(words)
                    if prefix.strip().startswith("#") or "# " in prefix:
                        close()
                elif paragraph:
                    paragraph.append(words)
                else:
                    self._pieces.append(prefix)
                    paragraph.append(words)
                if breaks and paragraph:
                    self._passage(" ".join(paragraph))
                    self._pieces.append(tail + "\n")
                    paragraph.clear()
        close()
        # Each line has ended with a line break; the last one had none.
        if self._pieces and isinstance(self._pieces[-1], str) and self._pieces[-1].endswith("\n"):
            self._pieces[-1] = self._pieces[-1][:-1]

    def _front_matter(self, lines):
        if not lines or lines[0].strip() != "---":
            return 0
        for number in range(1, min(len(lines), 200)):
            if lines[number].strip() in ("---", "..."):
                for line in lines[: number + 1]:
                    self._keep(line)
                return number + 1
        return 0

    def _keep(self, line):
        self._pieces.append(line + "\n")

    def _passage(self, text):
        self._pieces.append([text] if has_words(text) else text)

    def _spaced(self, text):
        """A table cell: its padding is kept outside of what is translated."""
        inner = text.strip()
        if not inner:
            self._pieces.append(text)
            return
        start = text.index(inner)
        self._pieces.append(text[:start])
        self._passage(inner)
        self._pieces.append(text[start + len(inner) :])

    def passages(self):
        return [piece[0] for piece in self._pieces if isinstance(piece, list)]

    def with_translations(self, translations):
        following = iter(translations)
        return "".join(next(following) if isinstance(piece, list) else piece for piece in self._pieces)
