"""The paragraphs of a Word, Markdown or text document."""

import os
import re
import zipfile
from typing import List, NamedTuple
from xml.etree import ElementTree

MOST_BYTES = 20_000_000
MOST_XML_BYTES = 60_000_000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# The strict form of the format has another name for the same.
STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Paragraph(NamedTuple):
    text: str
    is_heading: bool


class Document(NamedTuple):
    paragraphs: List[Paragraph]
    has_tracked_changes: bool


def _word_text(paragraph):
    parts = []
    for node in paragraph.iter():
        tag = node.tag.rsplit("}", 1)[-1]
        if tag == "t":
            parts.append(node.text or "")
        elif tag in ("tab", "ptab"):
            parts.append("\t")
        elif tag in ("br", "cr"):
            parts.append(" ")
        elif tag == "noBreakHyphen":
            parts.append("-")
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _drop_deleted(root):
    """Leaves tracked deletions, and the old place of moved text, out of the tree; tells whether there were any."""
    found = False
    for parent in list(root.iter()):
        for child in list(parent):
            tag = child.tag.rsplit("}", 1)[-1]
            if tag in ("del", "moveFrom"):
                found = True
                parent.remove(child)
            elif tag in ("ins", "moveTo") and len(child):
                found = True
            elif tag == "Fallback" or (tag == "txbxContent" and parent.tag.endswith("}textbox")):
                parent.remove(child)  # a second form of what stands beside it
    return found


def _read_word(path):
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("word/document.xml")
            if info.file_size > MOST_XML_BYTES:
                raise Problem(f"{os.path.basename(path)} is too large.")
            with archive.open(info) as file:
                data = file.read(MOST_XML_BYTES + 1)
    except KeyError:
        raise Problem(f"{os.path.basename(path)} is not a Word document.") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise Problem(f"{os.path.basename(path)} is damaged or protected with a password.") from None
    # Word never writes a document type; one is the way to make a reader unfold a small file without end.
    if len(data) > MOST_XML_BYTES or b"\0" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Problem(f"{os.path.basename(path)} is not a document that Word has written.")
    try:
        root = ElementTree.fromstring(data.replace(STRICT[1:-1].encode(), W[1:-1].encode()))
    except ElementTree.ParseError:
        raise Problem(f"{os.path.basename(path)} is damaged: its text can't be read.") from None
    tracked = _drop_deleted(root)
    paragraphs = []
    for paragraph in root.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = style.get(f"{W}val", "") if style is not None else ""
        outline = paragraph.find(f"{W}pPr/{W}outlineLvl")
        is_heading = bool(re.match(r"(?:heading|überschrift|berschrift|titre|título|title)\s?\d?$", name, re.I)) or outline is not None
        text = _word_text(paragraph)
        if text:
            paragraphs.append(Paragraph(text, is_heading))
    return Document(paragraphs, tracked)


def _read_text(path, data, is_markdown):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise Problem(f"{os.path.basename(path)} is not a text document.")
    paragraphs, lines = [], []

    def close():
        if lines:
            paragraphs.append(Paragraph(" ".join(lines), False))
            lines.clear()

    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        bare = re.sub(r"\s+", " ", line).strip()
        heading = re.match(r"(#{1,6})\s+(.*?)\s*#*$", bare) if is_markdown else None
        if is_markdown:
            bare = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", bare)
            bare = re.sub(r"^[-*+] (?=\S)", "• ", bare)
        if not bare or re.fullmatch(r"[-=_*]{3,}", bare):
            close()
        elif heading:
            close()
            paragraphs.append(Paragraph(heading.group(2), True))
        else:
            if CLAUSE_START.match(bare) or bare.startswith("• "):
                close()
            lines.append(bare)
    close()
    return Document(paragraphs, False)


CLAUSE_START = re.compile(
    r"(?:(?:article|section|clause|artikel|abschnitt|ziffer)\s+(?:\d+(?:\.\d+)*|[ivxlc]+)\b|§+\s*\d+\w?|\d{1,3}(?:\.\d{1,3})*[.)]?\s+\S"
    r"|\((?:[a-z]|[ivx]+|\d{1,2})\)\s)",
    re.I,
)


def read_document(path):
    name = os.path.basename(path)
    try:
        if os.path.getsize(path) > MOST_BYTES:
            raise Problem(f"{name} is larger than 20 MB.")
        with open(path, "rb") as file:
            data = file.read()
    except IsADirectoryError:
        raise Problem(f"{name} is a folder. Choose a document.") from None
    except OSError as error:
        raise Problem(f"{name} can't be read: {error.strerror}.") from None
    if data.startswith(b"%PDF"):
        raise Problem(f"{name} is a PDF. Save it as text or as a Word document first.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem(f"{name} is in the old Word format or protected with a password. Save it as .docx first.")
    if data.startswith(b"PK"):
        document = _read_word(path)
    else:
        document = _read_text(path, data, name.lower().endswith((".md", ".markdown")))
    if not document.paragraphs:
        raise Problem(f"{name} holds no text.")
    return document
