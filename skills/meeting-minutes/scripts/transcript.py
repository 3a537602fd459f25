"""Reads transcripts of several kinds into turns: who said what, and when."""

import html
import re
from typing import List, NamedTuple, Optional


class Turn(NamedTuple):
    speaker: str
    text: str
    at: Optional[str]  # as in "0:12:40"


CUE = re.compile(r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s+-->\s+[\d:.,]+")
VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
STAMP = r"[\[(]?(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,2}):(?P<s>\d{2})(?:[.,]\d+)?[\])]?"
NAME = r"(?P<name>[^\W\d_][\w.'’\-]*(?: [^\W\d_][\w.'’\-]*){0,3}|Speaker \d+|SPEAKER_\d+)(?: ?\([^)]{1,40}\))?"
SPOKEN = re.compile(rf"^(?:{STAMP}\s*[-–]?\s*)?{NAME}\s*(?:[\[(]\d{{1,2}}:\d{{2}}(?::\d{{2}})?[\])])?\s*:\s+(?P<text>\S.*)$")
ABOVE = re.compile(rf"^(?:{NAME}\s+{STAMP}|{STAMP.replace('?P<h>', '?P<h2>').replace('?P<m>', '?P<m2>').replace('?P<s>', '?P<s2>')}\s+{NAME.replace('?P<name>', '?P<name2>')})$")
NOT_NAMES = frozenset(
    """note notes agenda date time subject location attendees present participants action decision decisions question
    questions todo task tasks next summary topic re http https ok okay yes no also but so and then update meeting
    important warning reminder""".split()
)


def _clock(hours, minutes, seconds):
    return f"{int(hours or 0)}:{int(minutes):02}:{int(seconds):02}"


def _clean(text):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>|\{\\[^}]*\}", "", text))).strip()


def _is_name(name):
    words = name.lower().split()
    return bool(words) and words[0] not in NOT_NAMES and (name[:1].isupper() or not name[:1].islower())


def _split_speaker(text):
    found = SPOKEN.match(text)
    if found and _is_name(found.group("name")):
        return found.group("name").strip(), found.group("text")
    return "", text


def _read_cues(lines):
    turns, at, words, voice = [], None, [], ""

    def close():
        if at is not None and words:
            text = _clean(" ".join(words))
            speaker, rest = (voice, text) if voice else _split_speaker(text)
            if rest:
                turns.append(Turn(speaker, rest, at))

    for index, line in enumerate(lines):
        cue = CUE.match(line)
        if cue:
            close()
            at, words, voice = _clock(*cue.groups()), [], ""
        elif at is not None:
            following = lines[index + 1] if index + 1 < len(lines) else ""
            if CUE.match(following) and not line.strip().startswith("<v"):
                continue  # the number or name of the next cue
            if re.match(r"^(NOTE|STYLE|REGION)\b", line):
                close()
                at, words = None, []
                continue
            found = VOICE.search(line)
            if found and voice and found.group(1).strip() != voice:
                close()
                words = []
            if found:
                voice = found.group(1).strip()
            words.append(line)
    close()
    return turns


def _read_text(lines):
    turns, speaker, at = [], "", None
    for line in lines:
        text = _clean(re.sub(r"^\s*(?:[-*>]\s+)?(?:\*\*|__)?([^*_:]{1,50}?):?(?:\*\*|__):?\s+", r"\1: ", line) if "**" in line else line)
        if not text:
            continue
        above = ABOVE.match(text)
        if above and _is_name(above.group("name") or above.group("name2")):
            speaker = above.group("name") or above.group("name2")
            parts = above.groupdict()
            at = _clock(parts["h"] or parts["h2"], parts["m"] or parts["m2"], parts["s"] or parts["s2"])
            continue
        found = SPOKEN.match(text)
        if found and _is_name(found.group("name")):
            speaker = found.group("name")
            at = _clock(found.group("h"), found.group("m"), found.group("s")) if found.group("m") else None
            turns.append(Turn(speaker, found.group("text"), at))
        elif re.match(r"^#{1,6} |^[-*_]{3,}$", text):
            speaker, at = "", None
        else:
            stamped = re.match(STAMP + r"\s+(\S.*)$", text)
            if stamped:
                at, text = _clock(stamped.group("h"), stamped.group("m"), stamped.group("s")), stamped.group(4)
            turns.append(Turn(speaker, text, at))
    return turns


def read_turns(text) -> List[Turn]:
    """The turns in order; what one speaker says in a row becomes one turn."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cued = any(CUE.match(line) for line in lines)
    joined = []
    for turn in _read_cues(lines) if cued else _read_text(lines):
        # Subtitles name a speaker only where that changes, and may repeat themselves while they scroll.
        if cued and joined and not turn.speaker:
            turn = turn._replace(speaker=joined[-1].speaker)
        if joined and joined[-1].speaker == turn.speaker and (turn.speaker or cued):
            if not joined[-1].text.endswith(turn.text):
                joined[-1] = joined[-1]._replace(text=f"{joined[-1].text} {turn.text}")
        else:
            joined.append(turn)
    return joined
