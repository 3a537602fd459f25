"""Clauses: how a document falls into them, and which of two documents' clauses belong together."""

import re
from difflib import SequenceMatcher
from typing import List, NamedTuple, Optional

NUMBER = re.compile(
    r"^(?P<number>(?:(?:article|section|clause|artikel|abschnitt|ziffer)\s+(?:\d+(?:\.\d+)*|[ivxlc]+)|§+\s*\d+\w?"
    r"|\d{1,3}(?:\.\d{1,3})*(?=[.)\s])|\((?:[a-z]|[ivx]+|\d{1,2})\)))[.):]*\s*(?P<text>.*)$",
    re.I | re.S,
)
SAME = 0.995
ALIKE = 0.5


class Clause(NamedTuple):
    number: str  # "2.3", "(a)", "§ 4", or empty
    title: str  # the heading that the clause stands under
    text: str
    place: int

    @property
    def name(self):
        number = self.number or ""
        if self.title and self.title != self.text:
            return f"{number} {self.title}".strip()
        words = self.text if len(self.text) <= 60 else self.text[:59].rsplit(" ", 1)[0] + "…"
        return f"{number} {words}".strip()


class Pair(NamedTuple):
    old: Optional[Clause]
    new: Optional[Clause]
    kind: str  # same, changed, added, removed, renumbered, moved


def _is_title(text):
    """A short line without the end of a sentence."""
    return len(text) <= 80 and len(text.split()) <= 10 and not re.search(r"[.;:,]$", text)


def find_clauses(paragraphs) -> List[Clause]:
    clauses, title, waiting, parent = [], "", "", ""

    def add(number, text):
        full = number
        if number.startswith("(") and parent:
            full = f"{parent} {number}"
        clauses.append(Clause(full, title, text, len(clauses)))

    for paragraph in paragraphs:
        found = NUMBER.match(paragraph.text)
        number = " ".join(found.group("number").split()) if found else ""
        text = found.group("text").strip() if found else paragraph.text
        if number and not number.startswith("("):
            parent = number
        if paragraph.is_heading or (number and text and not number.startswith("(") and _is_title(text)):
            title, waiting = text or number, number
            if not paragraph.is_heading or number:
                add(number, text or number)
            elif not found:
                parent = ""
                add("", text)
            continue
        if not text:
            waiting = number
            continue
        add(number or waiting if number else "", text)
    return clauses


def words_of(text):
    return re.findall(r"\w+(?:[.,'’\-]\w+)*|[^\w\s]", text)


def likeness(a, b):
    """0 to 1: how much of the wording two clauses share."""
    left, right = [w.lower() for w in words_of(a)], [w.lower() for w in words_of(b)]
    if left == right:
        return 1.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def match(old, new) -> List[Pair]:
    """Pairs in the order of the new document, with what was removed at the place where it stood."""
    partner = {}  # place in new to place in old
    taken = set()

    def take(a, b):
        partner[b.place] = a.place
        taken.add(a.place)

    # The same words: first those that keep their order, then the rest.
    a_texts, b_texts = [c.text for c in old], [c.text for c in new]
    for block in SequenceMatcher(None, a_texts, b_texts, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            take(old[block.a + offset], new[block.b + offset])
    by_text = {}
    for clause in old:
        if clause.place not in taken:
            by_text.setdefault(clause.text, []).append(clause)
    for clause in new:
        if clause.place not in partner and by_text.get(clause.text):
            take(by_text[clause.text].pop(0), clause)

    # Then the most alike. The same number or title helps, and so does standing between the same neighbours.
    left = [c for c in old if c.place not in taken]
    right = [c for c in new if c.place not in partner]
    scored = []
    is_long = len(left) * len(right) > 40_000  # then only clauses of about the same place are compared
    for b in right:
        for a in left:
            same_number = bool(a.number) and a.number == b.number
            same_title = bool(a.title) and a.title.lower() == b.title.lower()
            if is_long and not same_number and abs(a.place - b.place) > 40:
                continue
            score = likeness(a.text, b.text)
            if score < ALIKE and not (same_number and same_title and score == 0.0 and _few_share(a.text, b.text)):
                continue
            scored.append((score + 0.15 * same_number + 0.1 * same_title, -abs(a.place - b.place), a, b))
    scored.sort(key=lambda entry: (-entry[0], -entry[1], entry[2].place, entry[3].place))
    for _, _, a, b in scored:
        if a.place not in taken and b.place not in partner:
            take(a, b)

    in_order = _longest_rising([(b.place, partner[b.place]) for b in new if b.place in partner])
    pairs = []
    for b in new:
        if b.place not in partner:
            pairs.append(Pair(None, b, "added"))
            continue
        a = old[partner[b.place]]
        if a.text != b.text:
            kind = "changed"
        elif b.place not in in_order:
            kind = "moved"
        elif a.number != b.number:
            kind = "renumbered"
        else:
            kind = "same"
        pairs.append(Pair(a, b, kind))
    for clause in old:
        if clause.place not in taken:
            at = next((i for i, pair in enumerate(pairs) if pair.old and pair.old.place > clause.place), len(pairs))
            pairs.insert(at, Pair(clause, None, "removed"))
    return pairs


def _few_share(a, b):
    """Whether two clauses of the same number and title share a fifth of their words: then one is a rewrite."""
    left, right = set(w.lower() for w in words_of(a)), set(w.lower() for w in words_of(b))
    return len(left & right) >= 0.2 * max(len(left | right), 1)


def _longest_rising(pairs):
    """The new places of the longest run of pairs whose old places rise: all others have moved."""
    best, previous = [], {}
    for index, (_, value) in enumerate(pairs):
        low, high = 0, len(best)
        while low < high:
            middle = (low + high) // 2
            if pairs[best[middle]][1] < value:
                low = middle + 1
            else:
                high = middle
        previous[index] = best[low - 1] if low else None
        best[low : low + 1] = [index]
    kept, index = set(), best[-1] if best else None
    while index is not None:
        kept.add(pairs[index][0])
        index = previous[index]
    return kept
