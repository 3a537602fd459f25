"""Compares two versions of a contract clause by clause."""

import argparse
import os
import sys

from changes import reasons_to_check, word_changes
from clauses import find_clauses, match
from read_document import Problem, read_document
from report import write_report

REPORT = os.path.join("reports", "contract-compare.html")
MOST_CLAUSES = 3000
MOST_LISTED = 60
KINDS = ("changed", "added", "removed", "moved", "renumbered", "same")


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def printable(text):
    return "".join(c if c.isprintable() else " " for c in text)


def short(text, most=160):
    text = printable(text.strip())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


def show_pair(pair):
    clause = pair.new or pair.old
    number = ""
    if pair.old and pair.new and pair.old.number != pair.new.number:
        number = f" (was {pair.old.number or 'without number'})"
    print(f"\n{pair.kind.upper()}  {printable(clause.name)}{number}")
    if pair.kind == "changed":
        for kind, before, after in word_changes(pair.old.text, pair.new.text):
            if kind == "same" or not (before.strip() or after.strip()):
                continue
            if before.strip():
                print(f"  - {short(before)}")
            if after.strip():
                print(f"  + {short(after)}")
    elif pair.kind in ("added", "removed"):
        print(f"  {'+' if pair.kind == 'added' else '-'} {short(clause.text, 300)}")
    if pair.kind in ("changed", "added", "removed"):
        for what, before, after in reasons_to_check(pair.old.text if pair.old else "", pair.new.text if pair.new else ""):
            print(f"  Check: {what} {short(before, 80) or '(none)'} → {short(after, 80) or '(none)'}")


def main():
    arguments = Arguments(prog="contract-compare", allow_abbrev=False)
    arguments.add_argument("--old")
    arguments.add_argument("--new")
    options = arguments.parse_args()
    if not options.old or not options.new:
        raise Problem("Choose the old and the new version.")
    documents = [read_document(path) for path in (options.old, options.new)]
    names = [os.path.basename(path) for path in (options.old, options.new)]
    old, new = (find_clauses(document.paragraphs) for document in documents)
    if max(len(old), len(new)) > MOST_CLAUSES:
        raise Problem(f"At most {MOST_CLAUSES:,} clauses can be compared.")
    pairs = match(old, new)
    counts = {kind: sum(pair.kind == kind for pair in pairs) for kind in KINDS}

    print(f"{printable(names[0])} → {printable(names[1])}")
    print(", ".join(f"{counts[kind]} {kind}" for kind in KINDS))
    different = [pair for pair in pairs if pair.kind not in ("same", "renumbered")]
    if not different:
        print("\nThe wording is the same.")
    for pair in different[:MOST_LISTED]:
        show_pair(pair)
    if len(different) > MOST_LISTED:
        print(f"\n{len(different) - MOST_LISTED} more are in the report.")
    renumbered = [f"{p.old.number or '(none)'} → {p.new.number or '(none)'}" for p in pairs if p.kind == "renumbered"]
    if renumbered:
        print(f"\nRenumbered, with the same words: {', '.join(renumbered[:40])}{' …' if len(renumbered) > 40 else ''}")
    for name, document in zip(names, documents):
        if document.has_tracked_changes:
            print(f"\nNote: {printable(name)} holds tracked changes. They were read as if accepted.")
    write_report(REPORT, pairs, names[0], names[1], counts)
    print(f"\nWritten: {REPORT}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"contract-compare: {problem}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"contract-compare: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)
