"""Sentence splitting and word counting that need no language model."""

import re

ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof sr jr st mt vs etc e.g i.e eg ie cf al approx ca fig figs no nos vol vols pp p ed eds
    inc ltd co corp dept est gov sen rep gen col capt lt sgt hon rev jan feb mar apr jun jul aug sep sept oct nov
    dec u.s u.k u.n a.m p.m z.b d.h u.a bzw usw ggf vgl nr bspw inkl zzgl str abs art par sec m mme mlle ex
    p.ex sra srta dña núm pág ej p.ej""".split()
)
# Abbreviations that often end a sentence too: a capital letter after them starts a new one.
MAY_END = frozenset("etc usw inc ltd co corp a.m p.m u.s u.k u.n jr sr".split())
END = re.compile(r"([.!?…]+)([\"'”’»)\]]*)(\s+)|([。！？]+[」』”’）]*)")
WORD = re.compile(r"[^\W_]+(?:[’'\-.][^\W_]+)*")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


def count_words(text):
    """Words as people count them; each Han or kana character counts as one."""
    ideographs = len(CJK.findall(text))
    return ideographs + len(WORD.findall(CJK.sub(" ", text)))


def split_sentences(text):
    sentences, start = [], 0
    for mark in END.finditer(text):
        if mark.group(4) is None and not _ends(text, start, mark):
            continue
        sentence = text[start : mark.end()].strip()
        if sentence:
            sentences.append(sentence)
        start = mark.end()
    rest = text[start:].strip()
    if rest:
        sentences.append(rest)
    return sentences


def _ends(text, start, mark):
    following = text[mark.end() : mark.end() + 1]
    opener = text[mark.end() + 1 : mark.end() + 2] if following in "\"'“‘«(¿¡[" else following
    if mark.group(1) == ".":
        before = text[start : mark.start()].rsplit(None, 1)
        word = before[-1].strip("(\"'“‘[").lower() if before else ""
        if word in ABBREVIATIONS:
            return word in MAY_END and opener[:1].isupper()
        if len(word) == 1 and word.isalpha():
            return False  # an initial: "J. Smith"
        if word.isdigit() and len(before) == 1:
            return False  # "1. First": a number that opens the sentence
        if re.fullmatch(r"\d{1,2}", word) and opener[:1].isupper():
            return not re.match(
                r"(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)", text[mark.end() : mark.end() + 4]
            )
    return not opener[:1].islower()
