"""Extractive highlights: TextRank over tf-idf, then picks that do not repeat each other."""

import argparse
import json
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict

from document import read_document


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def read_given(argument):
    """The argument, or all of the standard input, where Skillet puts what may be too long for an argument."""
    return sys.stdin.buffer.read().decode("utf-8", "replace") if argument is None and not sys.stdin.isatty() else argument or ""


MOST_SENTENCES = 2000
DAMPING = 0.85
TOO_SIMILAR = 0.6

STOP_WORDS = frozenset(
    """a about above across after again against all almost also although always am an and another any are aren
    around as at be became because been before being below between both but by came can can't cannot could couldn
    did didn do does doesn doing don done down during each either else ever every few for from further get gets got
    had hadn has hasn have haven having he her here hers herself him himself his how however i if in into is isn it
    its itself just least less let like made make makes many may me might more most much must my myself neither no
    nor not now of off often on once one only onto or other others our ours ourselves out over own per perhaps
    quite rather really s same shall she should shouldn since so some still such t than that the their theirs them
    themselves then there therefore these they this those though through thus to too toward towards under until up
    upon us use used using very was wasn we well were weren what when where whether which while who whom whose why
    will with within without won would wouldn yet you your yours yourself yourselves""".split()
)
IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")


def tokens_of(text):
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*", IDEOGRAPHS.sub(" ", folded))
    words = [re.sub(r"['’](?:s|re|ve|ll|d|m)$", "", word) for word in words]
    for run in IDEOGRAPHS.findall(folded):
        words += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return words


def stop_words_for(token_lists):
    """English stop words, or, for a text that hardly uses them, its own most common short words."""
    total = sum(len(tokens) for tokens in token_lists) or 1
    english = sum(token in STOP_WORDS for tokens in token_lists for token in tokens)
    if english / total >= 0.2 or len(token_lists) < 4:
        return STOP_WORDS
    sentences_with = Counter(token for tokens in token_lists for token in set(tokens))
    threshold = max(2, 0.2 * len(token_lists))
    return frozenset(token for token, n in sentences_with.items() if n >= threshold and len(token) <= 5)


def stem(word):
    for ending in ("ings", "ing", "edly", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def vectors_of(token_lists):
    """Unit-length tf-idf vectors, one per sentence."""
    stop = stop_words_for(token_lists)
    counted = [Counter(stem(t) for t in tokens if t not in stop and len(t) > 1) for tokens in token_lists]
    sentences_with = Counter(term for terms in counted for term in terms)
    n = len(token_lists)
    vectors = []
    for terms in counted:
        vector = {t: (1 + math.log(c)) * math.log(1 + n / sentences_with[t]) for t, c in terms.items()}
        length = math.sqrt(sum(w * w for w in vector.values()))
        vectors.append({t: w / length for t, w in vector.items()} if length else {})
    return vectors


def similarities(vectors):
    """For each sentence the others that share terms with it, found through an inverted index."""
    index = defaultdict(list)
    for position, vector in enumerate(vectors):
        for term, weight in vector.items():
            index[term].append((position, weight))
    n = len(vectors)
    near = []
    for position, vector in enumerate(vectors):
        row = defaultdict(float)
        for term, weight in vector.items():
            postings = index[term]
            if len(postings) > max(50, n // 3):
                continue  # a term in a third of all sentences tells none of them apart
            for other, other_weight in postings:
                if other != position:
                    row[other] += weight * other_weight
        near.append({other: value for other, value in row.items() if value > 0.02})
    return near


def rank(near, prior):
    """PageRank by power iteration over the similarity graph, starting from and returning to the prior."""
    n = len(near)
    out = [sum(row.values()) for row in near]
    total = sum(prior) or 1.0
    prior = [p / total for p in prior]
    scores = list(prior)
    for _ in range(60):
        following = [(1 - DAMPING) * p for p in prior]
        loose = 0.0
        for position, row in enumerate(near):
            if not out[position]:
                loose += scores[position]
                continue
            share = DAMPING * scores[position] / out[position]
            for other, weight in row.items():
                following[other] += share * weight
        for position in range(n):
            following[position] += DAMPING * loose * prior[position]
        moved = sum(abs(a - b) for a, b in zip(following, scores))
        scores = following
        if moved < 1e-7:
            break
    return scores


def weigh(sentences):
    token_lists = [tokens_of(entry["sentence"]) for entry in sentences]
    heading_terms = [frozenset(stem(t) for t in tokens_of(entry["heading_words"])) for entry in sentences]
    vectors = vectors_of(token_lists)
    prior = []
    for entry, tokens, terms in zip(sentences, token_lists, heading_terms):
        weight = 1.0
        weight *= 1.35 if entry["place"] == 0 else 1.1 if entry["place"] == 1 else 1.0
        shared = sum(stem(t) in terms and t not in STOP_WORDS for t in set(tokens))
        weight *= 1 + 0.15 * min(shared, 3)
        prior.append(weight)
    scores = rank(similarities(vectors), prior)
    for position, (entry, tokens) in enumerate(zip(sentences, token_lists)):
        length = len(tokens)
        if length < 4:
            scores[position] *= 0.15
        elif length < 7:
            scores[position] *= 0.6
        elif length > 60:
            scores[position] *= 0.7
        text = entry["sentence"]
        if text.endswith("?"):
            scores[position] *= 0.5
        elif text[-1:] not in ".!…。！\"”»)" or text.endswith(":"):
            scores[position] *= 0.8
        if not vectors[position]:
            scores[position] = 0.0
    return scores, vectors


def pick(sentences, scores, vectors, count):
    order = sorted(range(len(sentences)), key=lambda i: (-scores[i], i))
    chosen = []
    for position in order:
        if len(chosen) == count:
            break
        vector = vectors[position]
        if any(sum(w * vectors[c].get(t, 0.0) for t, w in vector.items()) > TOO_SIMILAR for c in chosen):
            continue
        if scores[position] > 0 or not chosen:
            chosen.append(position)
    best = max((scores[i] for i in chosen), default=0) or 1.0
    return [
        {
            "sentence": sentences[i]["sentence"],
            "section": sentences[i]["section"],
            "score": round(scores[i] / best, 4),
            "position": i + 1,
        }
        for i in chosen
    ]


def main():
    arguments = Arguments(prog="extract-highlights", allow_abbrev=False)
    arguments.add_argument("--document")
    arguments.add_argument("--count", default="5")
    options = arguments.parse_args()
    try:
        count = int(float(options.count))
    except (ValueError, OverflowError):
        raise Problem(f"“{options.count}” is not a number of highlights.") from None
    if not 1 <= count <= 50:
        raise Problem("The number of highlights must be between 1 and 50.")
    document = read_document(read_given(options.document))
    sentences = [
        {
            "sentence": re.sub(r"\s+", " ", sentence).strip(),
            "section": section["heading"],
            "heading_words": f"{document['title']} {section['heading']}",
            "place": place,
        }
        for section in (document["sections"] if document else [])
        for place, sentence in enumerate(section["sentences"])
    ]
    if not sentences:
        raise Problem("There are no sentences to choose from. Pass a document, or what “Parse a document” printed.")
    weighed = sentences[:MOST_SENTENCES]
    scores, vectors = weigh(weighed)
    result = {
        "title": document["title"],
        "highlights": pick(weighed, scores, vectors, count),
        "of": len(weighed),
    }
    if len(sentences) > MOST_SENTENCES:
        result["note"] = f"Only the first {MOST_SENTENCES} of {len(sentences)} sentences were weighed."
    print(json.dumps(result, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"extract-highlights: {problem}", file=sys.stderr)
        sys.exit(1)
