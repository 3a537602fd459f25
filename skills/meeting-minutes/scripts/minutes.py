"""Decisions, tasks and open questions from a meeting's transcript."""

import argparse
import datetime
import os
import re
import sys
from collections import Counter
from typing import NamedTuple, Optional

from dates import find_due, find_meeting_day
from transcript import read_turns

MOST_BYTES = 20_000_000


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


class Task(NamedTuple):
    owner: str
    text: str
    due: str
    at: Optional[str]


class Remark(NamedTuple):
    speaker: str
    text: str
    at: Optional[str]


DECISION = re.compile(
    r"\b(?:we(?:'ve| have)? (?:all )?(?:decided|agreed|settled|concluded)|it(?:'s| is|'s been| has been) (?:decided|agreed)"
    r"|let'?s (?:go with|stick with|settle on|agree)|we(?:'ll| will) go (?:with|ahead)|we(?:'re| are) going (?:with|ahead)"
    r"|(?:the )?(?:final )?decision(?: is|:| was)|decided:|agreed:|(?:is|are) approved\b|approved(?: then)?[.!]|the plan is to"
    r"|we(?:'ll| will) (?:not |no longer )?(?:keep|drop|stop|postpone|adopt|move (?:the|to)|launch|ship)\b)",
    re.I,
)
NOT_DECIDED = re.compile(r"\b(?:haven'?t|have not|hasn'?t|not yet|nothing (?:was|is)|if we|should we|whether|until we)\b", re.I)
EXPLICIT = re.compile(r"^(?:so[, ]+)?(?:(?:the |next |an? )?action(?: item)?|to-?do|task|follow[- ]?up)s?(?: for (?P<for>[A-Z]\w+))?\s*[:\-–]\s*(?P<what>.+)", re.I)
FIRST = re.compile(
    r"\b(?:I'll|I’ll|I will|I'm going to|I am going to|let me|I can (?:take|do|send|write|prepare|handle|look|check|set|talk|call|ask|update|draft)"
    r"|I'll take)\b",
    re.I,
)
IDLE = re.compile(
    r"^(?:(?:just )?(?:be|say|ask|add|start|share|show|go (?:first|ahead|on)|think|see|know|explain|repeat|mute|stop|note|admit"
    r"|get back|jump|finish|pass|hand|quickly|also say|tell you|begin|read|rephrase|interrupt)\b|(?:be )?honest)",
    re.I,
)
UNSURE = re.compile(
    r"\b(?:don'?t know|do not know|not sure|no idea|unclear|let me (?:check|find out|get back)|I(?:'ll| will|'d have to| have to| need to) (?:check|find out|look)"
    r"|get back to you|good question|have to (?:check|ask)|we'?ll see|nobody knows|depends|open question)\b",
    re.I,
)
OPEN = re.compile(
    r"\b(?:(?:still )?(?:an )?open question|we (?:still )?(?:need|have) to (?:find out|figure out|clarify|decide)|still (?:unclear|undecided|open)|TBD|to be (?:decided|clarified))\b",
    re.I,
)
TAG = re.compile(r"(?:right|okay|ok|yeah|no|correct|make sense|sound good|sounds good|any questions|can you hear me|hear me|everyone here|shall we (?:start|begin))\?$", re.I)
NEEDS = r"(?:needs? to|has to|should|must|is going to|will|'ll|’ll|to)"
SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“(]?[A-Z0-9])")


def sentences_of(text):
    protected = re.sub(r"\b(Mr|Mrs|Ms|Dr|Prof|e\.g|i\.e|vs|approx|No)\.", lambda m: m.group().replace(".", "\x00"), text)
    return [part.replace("\x00", ".").strip() for part in SENTENCE.split(protected) if part.strip()]


def tidy(text):
    text = re.sub(r"\b(?:um+|uh+|erm?|you know|I mean),?\s+", "", text, flags=re.I)
    text = re.sub(r"^(?:(?:so|and|but|okay|ok|yes|yeah|well|right|great|good|sure|alright|then|perfect|fine|no problem)[,.!]?\s+)+", "", text, flags=re.I)
    text = re.sub(r"\s+", " ", text).strip(" ,;–-")
    return text[:1].upper() + text[1:]


def without_lead(text):
    text = tidy(text).rstrip(".!? ")
    return text[:1].upper() + text[1:]


def find_task(sentence, speaker, names, meeting):
    """(owner, what) if the sentence gives somebody something to do."""
    explicit = EXPLICIT.match(sentence)
    if explicit:
        what, owner = explicit.group("what"), explicit.group("for") or ""
        named = re.match(rf"(?P<owner>[A-Z][\w'’\-]+)(?: {NEEDS}|,|:) (?P<rest>.+)", what)
        if named and (not names or named.group("owner").lower() in names or find_due(what, meeting)):
            owner, what = named.group("owner"), named.group("rest")
        elif FIRST.match(what):
            owner, what = speaker, FIRST.sub("", what, count=1)
        return names.get(owner.lower(), owner), what

    question = sentence.endswith("?")
    for name in sorted(names, key=len, reverse=True):
        proper = re.search(rf"\b{re.escape(name)}\b", sentence, re.I)
        if not proper:
            continue
        owner = names[name]
        asked = re.search(
            rf"\b{re.escape(name)},? (?:please |can you |could you |would you |will you |can you please |could you please )+(?P<what>.+)"
            rf"|\b(?:can|could|would|will) (?:you,? )?{re.escape(name)},? (?:please )?(?P<what2>[a-z].+)"
            rf"|\b(?:can|could|would) you (?P<what3>.+), {re.escape(name)}\?",
            sentence,
            re.I,
        )
        if asked:
            return owner, next(part for part in asked.groups() if part)
        if not question:
            told = re.search(rf"\b{re.escape(name)} (?:{NEEDS.replace('|to)', ')')})(?: also| then)? (?P<what>(?!be\b|have\b|not\b|know\b|like\b)[a-z].+)", sentence, re.I)
            if told and (find_due(sentence, meeting) or not re.search(rf"\b{re.escape(name)} (?:should|must)\b.*\b(?:know|be able)\b", sentence, re.I)):
                return owner, told.group("what")
    if not question and speaker:
        first = FIRST.search(sentence)
        if first and not re.search(r"\bif\b[^,]*$", sentence[: first.start()], re.I):
            what = sentence[first.end() :].strip(" ,")
            if first.group().lower().startswith("i can"):
                what = first.group()[6:] + " " + what
            started = first.group().lower()
            if what and not IDLE.match(what) and not (started == "let me" and not find_due(sentence, meeting)):
                if len(what.split()) >= 2:
                    return speaker, what
    return None


def is_open_question(sentence, position, sentences, turn_index, turns):
    """A question that gets no answer, or one that says there is none yet."""
    if not sentence.endswith("?") or len(sentence.split()) < 4 or TAG.search(sentence):
        return False
    if re.match(r"(?:can|could|would|will) (?:you|\w+)\b.*\b(?:send|check|take|prepare|write|update|do|talk|call|share|draft|ask|set)\b", tidy(sentence), re.I):
        return False  # a request, not a question
    rest = sentences[position + 1 :]
    if rest:
        return bool(UNSURE.search(rest[0]))
    following = next((turn for turn in turns[turn_index + 1 :] if turn.speaker != turns[turn_index].speaker or not turn.speaker), None)
    return following is None or bool(UNSURE.search(sentences_of(following.text)[0]))


def show_due(text, meeting):
    due = find_due(text, meeting)
    if due is None:
        return "no date"
    words, date = due
    return f"{date.isoformat()} ({words})" if date and date.isoformat() != words else words


def read_minutes(turns, meeting):
    speakers = [speaker for speaker, _ in Counter(turn.speaker for turn in turns if turn.speaker).most_common()]
    names = {}
    for speaker in speakers:
        names[speaker.lower()] = speaker
        first = speaker.split()[0]
        if len(first) > 1 and not re.match(r"speaker", first, re.I):
            names.setdefault(first.lower(), speaker)
    decisions, tasks, questions, seen = [], [], [], set()

    def once(kind, text):
        key = kind, re.sub(r"\W+", " ", text.lower()).strip()
        if key in seen:
            return False
        seen.add(key)
        return True

    for index, turn in enumerate(turns):
        sentences = sentences_of(turn.text)
        for position, sentence in enumerate(sentences):
            bare = tidy(sentence)
            task = find_task(bare, turn.speaker, names, meeting)
            if task:
                due_text = sentence
                if not find_due(sentence, meeting) and position + 1 < len(sentences):
                    if re.match(r"(?:by|before|due|deadline|until)\b", sentences[position + 1], re.I):
                        due_text = sentences[position + 1]
                what = without_lead(task[1])
                if once("task", what):
                    tasks.append(Task(task[0] or "nobody yet", what, show_due(due_text, meeting), turn.at))
                continue
            if is_open_question(sentence, position, sentences, index, turns):
                if once("question", bare):
                    questions.append(Remark(turn.speaker, bare, turn.at))
            elif OPEN.search(sentence) and not sentence.endswith("?"):
                if once("question", bare):
                    questions.append(Remark(turn.speaker, bare, turn.at))
            elif DECISION.search(sentence) and not NOT_DECIDED.search(sentence) and not sentence.endswith("?"):
                if once("decision", bare):
                    decisions.append(Remark(turn.speaker, bare, turn.at))
    return speakers, decisions, tasks, questions


def escape(text):
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def as_markdown(title, meeting, speakers, decisions, tasks, questions):
    def source(entry):
        parts = [part for part in (getattr(entry, "speaker", ""), entry.at) if part]
        return f" ({escape(', '.join(parts))})" if parts else ""

    lines = [f"# {escape(title)}", ""]
    lines.append(f"Date: {meeting.isoformat() if meeting else 'not known'}  ")
    lines.append(f"Present: {escape(', '.join(speakers)) or 'no speakers named'}")
    lines += ["", "## Decisions", ""]
    lines += [f"- {escape(entry.text)}{source(entry)}" for entry in decisions] or ["None found."]
    lines += ["", "## Tasks", ""]
    if tasks:
        lines += ["| Who | What | Due |", "| --- | --- | --- |"]
        lines += [f"| {escape(task.owner)} | {escape(task.text)}{source(task)} | {escape(task.due)} |" for task in tasks]
    else:
        lines.append("None found.")
    lines += ["", "## Open questions", ""]
    lines += [f"- {escape(entry.text)}{source(entry)}" for entry in questions] or ["None found."]
    return "\n".join(lines) + "\n"


def read_file(path):
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise Problem("This is a folder. Choose a transcript.") from None
    except OSError as error:
        raise Problem(f"The transcript can't be read: {error.strerror}.") from None
    if len(data) > MOST_BYTES:
        raise Problem("The file is larger than 20 MB. Is it the recording instead of the transcript?")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise Problem("This isn't a text file. Export the transcript as .txt, .vtt or .srt first.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def main():
    arguments = Arguments(prog="meeting-minutes", allow_abbrev=False)
    arguments.add_argument("--file")
    arguments.add_argument("--date", default="")
    options = arguments.parse_args()
    if not options.file:
        raise Problem("Choose a transcript.")
    text = read_file(options.file)
    name = os.path.splitext(os.path.basename(options.file))[0]
    if options.date.strip():
        try:
            meeting = datetime.date.fromisoformat(options.date.strip())
        except ValueError:
            raise Problem(f"“{options.date}” is not a date such as 2026-03-02.") from None
    else:
        meeting = find_meeting_day("\n".join(text.split("\n")[:8])) or find_meeting_day(name)
    turns = read_turns(text)
    if not turns:
        raise Problem("The transcript is empty.")
    found = read_minutes(turns, meeting)
    title = re.sub(r"[_\-]+", " ", re.sub(r"[_\- ]*20\d{2}[-_.]?\d{2}[-_.]?\d{2}[_\- ]*", " ", name)).strip() or name
    minutes = as_markdown(title[:1].upper() + title[1:], meeting, *found)
    path = os.path.join("minutes", f"{name}.md")
    os.makedirs("minutes", exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        file.write(minutes)
    os.replace(path + ".new", path)
    print(minutes)
    if meeting is None and any(task.due != "no date" for task in found[2]):
        print("The day of the meeting isn't known, so days such as “Friday” were left as they were said.\n")
    print(f"Written: {path}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"meeting-minutes: {problem}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"meeting-minutes: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)
