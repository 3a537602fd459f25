"""Files highlights as notes by topic, each once."""

import argparse
import contextlib
import datetime
import hashlib
import json
import os
import re
import sys
import unicodedata

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FOLDER = ".context"
JSON_FILE = os.path.join(FOLDER, "memory.json")
TEXT_FILE = os.path.join(FOLDER, "memory.md")
MOST_NOTES = 500
MOST_RUNS = 200
MOST_CHARACTERS = 2000


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def read_given(argument):
    """The argument, or all of the standard input, where Skillet puts what may be too long for an argument."""
    return sys.stdin.buffer.read().decode("utf-8", "replace") if argument is None and not sys.stdin.isatty() else argument or ""


def one_line(value, limit):
    text = re.sub(r"[\x00-\x1f\x7f\u2028\u2029\s]+", " ", str(value)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def read_highlights(given):
    """(title, [(text, section)]) from JSON of several shapes, or from plain lines."""
    text = given.strip().lstrip("\ufeff")
    title, items = "", None
    if text[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if isinstance(value, dict):
            title = str(value.get("title") or "")
            items = value.get("highlights")
            if not isinstance(items, list):
                raise Problem("The JSON has no list called “highlights”.")
        elif isinstance(value, list):
            items = value
    if items is None:
        items = [re.sub(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+", "", line) for line in text.splitlines()]
        items = [item for item in items if not re.match(r"^\s*#{1,6}\s", item)]
    notes = []
    for item in items:
        sentence, section = item, ""
        if isinstance(item, dict):
            sentence = item.get("sentence") or item.get("text") or ""
            section = item.get("section") or ""
        if isinstance(sentence, str):
            sentence = one_line(sentence, MOST_CHARACTERS)
            if any(c.isalnum() for c in sentence):
                notes.append((sentence, one_line(section, 200)))
    return title, notes


def words_of(text):
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def identity(topic, text):
    return hashlib.sha256(f"{topic.casefold()}\n{' '.join(words_of(text)) or text}".encode()).hexdigest()[:16]


def is_same(words, others):
    """Nine tenths of the words in common, and no number that differs."""
    a, b = set(words), set(others)
    if not a or not b or {w for w in a if w.isdigit()} != {w for w in b if w.isdigit()}:
        return False
    if ("not" in a) != ("not" in b) or ("no" in a) != ("no" in b):
        return False
    return len(a & b) / len(a | b) >= 0.9


def is_note(entry):
    return (
        isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) for key in ("id", "topic", "text", "added", "last_seen"))
        and isinstance(entry.get("seen"), int)
    )


def load(now):
    """The memory, and a warning where the file had to be set aside."""
    empty = {"schema": 1, "notes": [], "runs": []}
    try:
        with open(JSON_FILE, encoding="utf-8") as file:
            memory = json.load(file)
        if not isinstance(memory, dict) or not isinstance(memory.get("notes"), list):
            raise ValueError("not a memory")
        if not all(is_note(entry) for entry in memory["notes"]):
            raise ValueError("not a note")
        runs = memory.get("runs")
        return {"schema": 1, "notes": memory["notes"], "runs": runs if isinstance(runs, list) else []}, None
    except FileNotFoundError:
        return empty, None
    except (ValueError, RecursionError):
        aside = os.path.join(FOLDER, f"memory-damaged-{now.strftime('%Y%m%dT%H%M%S')}.json")
        os.replace(JSON_FILE, aside)
        return empty, f"memory.json could not be read. It was set aside as {aside}, and a new memory was started."


def write(path, text):
    """All of the file or none of it, whenever the run is stopped."""
    partial = path + ".new"
    with open(partial, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


@contextlib.contextmanager
def alone():
    """Two runs at once take turns, or the later one would forget what the earlier one has just learnt."""
    if fcntl is None:
        yield
        return
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def as_markdown(notes):
    escape = lambda text: re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)
    topics = {}
    for note in notes:
        topics.setdefault(note["topic"].casefold(), []).append(note)
    lines = ["# Memory", ""]
    for key in sorted(topics):
        group = sorted(topics[key], key=lambda note: (note["last_seen"], note["added"]), reverse=True)
        lines += [f"## {escape(group[0]['topic'])}", ""]
        for note in group:
            source = f", {escape(note['section'])}" if note.get("section") else ""
            times = f", seen {note['seen']} times" if note["seen"] > 1 else ""
            lines.append(f"- {escape(note['text'])} _({note['added'][:10]}{source}{times})_")
        lines.append("")
    return "\n".join(lines)


def update(memory, topic, incoming, now):
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    same_topic = [n for n in memory["notes"] if n["topic"].casefold() == topic.casefold()]
    by_id = {note["id"]: note for note in same_topic}
    words = {note["id"]: words_of(note["text"]) for note in same_topic}
    added, kept = [], []
    for text, section in incoming:
        key = identity(topic, text)
        mine = words_of(text)
        known = by_id.get(key) or next((by_id[k] for k, theirs in words.items() if is_same(mine, theirs)), None)
        if known:
            if known["text"] not in added and known["text"] not in kept:
                known["seen"] += 1
                known["last_seen"] = stamp
                kept.append(known["text"])
            continue
        note = {"id": key, "topic": topic, "text": text, "section": section, "added": stamp, "last_seen": stamp, "seen": 1}
        memory["notes"].append(note)
        by_id[key], words[key] = note, mine
        added.append(text)

    group = [n for n in memory["notes"] if n["topic"].casefold() == topic.casefold()]
    dropped = []
    if len(group) > MOST_NOTES:
        group.sort(key=lambda note: note["last_seen"])
        gone = {note["id"] for note in group[: len(group) - MOST_NOTES]}
        dropped = [n["text"] for n in memory["notes"] if n["id"] in gone]
        memory["notes"] = [n for n in memory["notes"] if n["id"] not in gone]
    memory["runs"] = (memory["runs"] + [{"at": stamp, "topic": topic, "added": len(added), "kept": len(kept)}])[-MOST_RUNS:]
    return added, kept, dropped


def main():
    arguments = Arguments(prog="memory-update", allow_abbrev=False)
    arguments.add_argument("--highlights")
    arguments.add_argument("--topic")
    options = arguments.parse_args()
    title, incoming = read_highlights(read_given(options.highlights))
    if not incoming:
        raise Problem("There is nothing to remember. Pass highlights, or one note a line.")
    topic = one_line(options.topic or "", 80) or one_line(title, 80) or "general"

    now = datetime.datetime.now(datetime.timezone.utc)
    os.makedirs(FOLDER, exist_ok=True)
    with alone():
        memory, warning = load(now)
        added, kept, dropped = update(memory, topic, incoming, now)
        write(JSON_FILE, json.dumps(memory, ensure_ascii=False, indent=1) + "\n")
        write(TEXT_FILE, as_markdown(memory["notes"]))

    summary = {
        "topic": topic,
        "added": added,
        "kept": len(kept),
        "dropped": len(dropped),
        "total": len(memory["notes"]),
        "files": [TEXT_FILE, JSON_FILE],
    }
    if warning:
        summary["warning"] = warning
    print(json.dumps(summary, ensure_ascii=False))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"memory-update: {problem}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"memory-update: The notes can't be kept: {error.strerror or error}.", file=sys.stderr)
        sys.exit(1)
