"""Which topics a document covers, and where."""

import argparse
import json
import re
import sys
import unicodedata

from document import read_document


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def read_given(argument):
    """The argument, or all of the standard input, where Skillet puts what may be too long for an argument."""
    return sys.stdin.buffer.read().decode("utf-8", "replace") if argument is None and not sys.stdin.isatty() else argument or ""


SMALL_WORDS = frozenset("a an and the of for in on to with by or our your its their is are be".split())


def stem(word):
    """An English word without its ordinary endings, so that "policies" meets "policy"."""
    for ending, instead in (("sses", "ss"), ("ies", "y"), ("ations", "at"), ("ation", "at"), ("ments", "ment")):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + instead
            break
    else:
        if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
            word = word[:-1]
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def words_of(text):
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [stem(word) for word in re.findall(r"[^\W_]+", folded.replace("’", "'").replace("'s ", " "))]


def read_topics(given):
    text = (given or "").strip()
    topics = None
    if text.startswith("["):
        try:
            value = json.loads(text)
            topics = [str(item) for item in value] if isinstance(value, list) else None
        except ValueError:
            topics = None
    if topics is None:
        topics = re.split(r"[,;\n]", text)
    topics = [re.sub(r"^\s*[-*]\s+", "", topic).strip() for topic in topics]
    return list(dict.fromkeys(topic for topic in topics if any(c.isalnum() for c in topic)))


def alternatives_of(topic):
    """Each alternative as the set of stems that must all be there; CJK text is looked for as it stands."""
    found = []
    for part in topic.split("|"):
        stems = words_of(part)
        wanted = frozenset(s for s in stems if s not in SMALL_WORDS) or frozenset(stems)
        if wanted:
            found.append((wanted, part.strip().casefold()))
    return found


def is_mentioned(alternatives, stems, text):
    for wanted, literal in alternatives:
        if wanted <= stems:
            return True
        if any("\u3040" <= c <= "\u9fff" for c in literal) and literal in text.casefold():
            return True
    return False


def check(document, topics):
    sections = document["sections"]
    if not topics:
        named = [s for s in sections if s["heading"]]
        if not named:
            raise Problem("Say which topics to look for: the document has no headings to check instead.")
        deeper = {}
        for index, section in enumerate(sections):
            following = sections[index + 1] if index + 1 < len(sections) else None
            has_parts = following is not None and following.get("level", 1) > section.get("level", 1)
            deeper[id(section)] = bool(section["sentences"]) or has_parts
        report = [
            {
                "topic": section["heading"],
                "covered": deeper[id(section)],
                "mentions": len(section["sentences"]),
                "sections": [section["heading"]],
                "evidence": section["sentences"][0] if section["sentences"] else "",
            }
            for section in named
        ]
        return report, [{"heading": s["heading"], "topics": [s["heading"]] if s["heading"] else []} for s in sections]

    passages = []  # (section index, text, stems)
    for index, section in enumerate(sections):
        if section["heading"]:
            passages.append((index, section["heading"], frozenset(words_of(section["heading"])), True))
        for sentence in section["sentences"]:
            passages.append((index, sentence, frozenset(words_of(sentence)), False))

    report, by_section = [], [[] for _ in sections]
    for topic in topics:
        alternatives = alternatives_of(topic)
        hits = [p for p in passages if is_mentioned(alternatives, p[2], p[1])]
        places = list(dict.fromkeys(index for index, *_ in hits))
        # A bare heading with nothing under it names a topic without covering it.
        covered = any(not heading or sections[index]["sentences"] for index, _, _, heading in hits)
        covered = covered or any(
            index + 1 < len(sections) and sections[index + 1].get("level", 0) > sections[index].get("level", 0)
            for index in places
        )
        evidence = next((text for _, text, _, heading in hits if not heading), hits[0][1] if hits else "")
        for index in places:
            by_section[index].append(topic)
        report.append(
            {
                "topic": topic,
                "covered": covered,
                "mentions": len(hits),
                "sections": [sections[index]["heading"] or "(start)" for index in places],
                "evidence": evidence if len(evidence) <= 240 else evidence[:239].rsplit(" ", 1)[0] + "…",
            }
        )
    return report, [{"heading": s["heading"], "topics": by_section[i]} for i, s in enumerate(sections)]


def main():
    arguments = Arguments(prog="validate-coverage", allow_abbrev=False)
    arguments.add_argument("--document")
    arguments.add_argument("--topics")
    options = arguments.parse_args()
    document = read_document(read_given(options.document))
    if document is None:
        raise Problem("There is no document to check. Pass the text, or what “Parse a document” printed.")
    report, sections = check(document, read_topics(options.topics))
    covered = [entry["topic"] for entry in report if entry["covered"]]
    result = {
        "covered": covered,
        "missing": [entry["topic"] for entry in report if not entry["covered"]],
        "coverage": round(len(covered) / len(report), 4),
        "topics": report,
        "sections": sections,
        "document": document,
    }
    print(json.dumps(result, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"validate-coverage: {problem}", file=sys.stderr)
        sys.exit(1)
