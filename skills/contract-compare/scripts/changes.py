"""The words that changed within a clause, and why a change deserves a closer look."""

import re
from difflib import SequenceMatcher

TOKEN = re.compile(r"\s+|[$€£¥]?\d+(?:[.,]\d+)*%?|\w+(?:['’\-]\w+)*|[^\w\s]")
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
CHECKS = [
    ("amount", re.compile(r"[$€£¥]\s?\d[\d.,]*|\b(?:USD|EUR|GBP|CHF)\s?\d[\d.,]*|\d[\d.,]*\s?(?:USD|EUR|GBP|CHF|euros?|dollars|pounds|[$€£¥])", re.I)),
    ("percentage", re.compile(r"\d[\d.,]*\s?(?:%|per ?cent)", re.I)),
    (
        "period",
        re.compile(
            r"\b(?:\w+|\(?\d+\)?)\s+(?:(?:business|calendar|working)\s+)?(?:hours?|days?|weeks?|months?|quarters?|years?)\b", re.I
        ),
    ),
    ("date", re.compile(rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b|\b(?:\d{{1,2}} )?(?:{MONTHS})\b(?: \d{{1,2}})?(?:,? \d{{4}})?", re.I)),
    ("duty", re.compile(r"\b(?:shall|must|may|will|should|can|cannot|is (?:entitled|obliged|required|permitted) to)(?: not)?\b|\bnot\b|\bunless\b|\bexcept\b", re.I)),
    (
        "key word",
        re.compile(
            r"\b(?:exclusiv\w*|sole(?:ly)?|irrevocabl\w*|perpetual|unlimited|liab\w+|indemnif\w+|terminat\w+|renew\w*|assign\w*|confidential\w*"
            r"|warrant\w+|penalt\w+|govern\w* law|jurisdiction|arbitrat\w+|notice|non-?compet\w+|waive\w*)\b",
            re.I,
        ),
    ),
]


def word_changes(old, new):
    """[(kind, old words, new words)]: kind is same, removed, added or replaced."""
    a, b = TOKEN.findall(old), TOKEN.findall(new)
    steps = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        name = {"equal": "same", "delete": "removed", "insert": "added", "replace": "replaced"}[kind]
        steps.append([name, "".join(a[a1:a2]), "".join(b[b1:b2])])
    # A lone space or comma that stayed between two changes makes them hard to read: join them.
    joined = []
    for step in steps:
        if len(joined) >= 2 and step[0] != "same" and joined[-1][0] == "same" and len(joined[-1][1].strip()) <= 1 and joined[-2][0] != "same":
            between = joined.pop()
            joined[-1] = ["replaced", joined[-1][1] + between[1] + step[1], joined[-1][2] + between[2] + step[2]]
        else:
            joined.append(step)
    return [tuple(step) for step in joined]


def reasons_to_check(old, new):
    """Why a person should look at the change, as [(what, before, after)]."""
    found = []
    for name, pattern in CHECKS:
        before = [" ".join(m.group().split()) for m in pattern.finditer(old)]
        after = [" ".join(m.group().split()) for m in pattern.finditer(new)]
        low_before, low_after = [w.lower() for w in before], [w.lower() for w in after]
        gone = [w for w in before if low_before.count(w.lower()) > low_after.count(w.lower())]
        come = [w for w in after if low_after.count(w.lower()) > low_before.count(w.lower())]
        if gone or come:
            found.append((name, ", ".join(dict.fromkeys(gone)), ", ".join(dict.fromkeys(come))))
    return found
