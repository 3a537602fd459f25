"""Reads what an earlier step handed over: a parsed document, a result that carries one, or plain text."""

import json
import re

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[^a-z\s])|(?<=[。！？])")


def _from_text(text):
    sections, heading, level, body = [], "", 0, []

    def close():
        kept = "\n".join(line for line in (part.strip() for part in body) if line)
        if kept or heading:
            blocks = [re.sub(r"\s+", " ", block).strip() for block in re.split(r"\n\s*\n", "\n".join(body))]
            sentences = [s.strip() for block in blocks if block for s in SENTENCE_END.split(block) if s and s.strip()]
            sections.append({"heading": heading, "level": level, "text": kept, "sentences": sentences})

    for line in text.replace("\r\n", "\n").split("\n"):
        mark = re.match(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$", line)
        if mark:
            close()
            heading, level, body = mark.group(2), len(mark.group(1)), []
        else:
            body.append(re.sub(r"^\s*(?:[-*+>]|\d{1,3}[.)])\s+", "\n", line))
    close()
    title = next((s["heading"] for s in sections if s["heading"]), "")
    return {"title": title, "sections": sections}


def _tidy(document):
    """The same document with every section's fields present and of the right kind."""
    sections = []
    for section in document["sections"]:
        if not isinstance(section, dict):
            continue
        text = section.get("text") if isinstance(section.get("text"), str) else ""
        sentences = section.get("sentences")
        if not isinstance(sentences, list):
            sentences = [s.strip() for line in text.split("\n") for s in SENTENCE_END.split(line) if s and s.strip()]
        sections.append(
            {
                **section,
                "heading": str(section.get("heading") or ""),
                "text": text,
                "sentences": [s for s in sentences if isinstance(s, str) and s.strip()],
            }
        )
    return {**document, "title": str(document.get("title") or ""), "sections": sections}


def read_document(given):
    """The document in `given`, or None where it holds no text at all."""
    text = given.strip().lstrip("\ufeff")
    document = None
    if text[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, dict):
            if isinstance(value.get("document"), dict):
                value = value["document"]
            if isinstance(value.get("sections"), list):
                document = _tidy(value)
            else:
                inner = next((value[k] for k in ("text", "content", "document") if isinstance(value.get(k), str)), None)
                document = _from_text(inner) if inner is not None else None
                if document is None:
                    return None
    if document is None:
        document = _from_text(text)
    return document if any(s["heading"] or s["sentences"] for s in document["sections"]) else None
