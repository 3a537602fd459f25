"""Looks through a folder for passwords, keys and tokens."""

import argparse
import math
import os
import re
import stat
import sys
from collections import Counter

from rules import (
    CERTAIN,
    FILE_NAMES,
    NAME_START,
    NAMED,
    NEAR,
    PLACEHOLDER,
    RANDOM,
    SENTENCE,
    SIGNED_TOKEN,
)

PASSED_OVER = frozenset(
    """.git .hg .svn .jj node_modules bower_components .venv venv __pycache__ .tox .nox .mypy_cache .pytest_cache
    .gradle .terraform .yarn .pnpm-store site-packages""".split()
)
LOCK_FILES = frozenset(
    """package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml cargo.lock poetry.lock pipfile.lock uv.lock
    composer.lock gemfile.lock go.sum flake.lock bun.lock deno.lock""".split()
)
MOST_BYTES = 5 * 1024 * 1024
MOST_LINE = 4000
MOST_SHOWN = 300
CODE = frozenset(
    ".py .js .ts .tsx .jsx .mjs .cjs .java .kt .go .rs .rb .php .cs .c .cc .cpp .h .hpp .swift .scala .dart .lua".split()
)
PROSE = frozenset(".md .txt .rst .adoc .html .htm .tex".split())


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def entropy(text):
    """Shannon entropy in bits a character."""
    n = len(text)
    return -sum(c / n * math.log2(c / n) for c in Counter(text).values()) if n else 0.0


def redact(secret):
    """At most the first four characters, and never more than a fifth of the secret."""
    shown = min(4, len(secret) // 5)
    return f"{secret[:shown]}{'•' * 6} ({len(secret)} characters)"


def is_placeholder(text):
    return bool(PLACEHOLDER.search(text)) or len(set(text)) <= 2


def looks_like_words(text):
    """A path, an identifier or a phrase rather than a secret."""
    if re.fullmatch(r"[A-Za-z]+(?:[_\-. /:][A-Za-z]+)*", text):
        letters = text.replace("-", "").replace("_", "")
        return not (re.search(r"[a-z][A-Z]", letters) and entropy(letters) > 3.9)
    return bool(re.match(r"(?:\.{0,2}/|[A-Za-z]:\\|https?://|file:)[^:@]*$", text))


def is_password_like(value, quoted, extension):
    if not 6 <= len(value) <= 200 or is_placeholder(value) or looks_like_words(value):
        return False
    if not quoted:
        # Without quotes a program's right-hand side is an expression.
        if extension in CODE or re.search(r"^[A-Za-z_]\w*(?:\.\w+)+$|[()]|^\d{1,7}$|^&", value):
            return False
    if " " in value and not re.search(r"\d", value):
        return False
    return entropy(value) >= 2.5 and (any(map(str.isdigit, value)) or re.search(r"[^\w\s.\-/]", value) or entropy(value) >= 3.6)


def is_random(text):
    """Long, with three kinds of characters and no structure: not a checksum, an identifier or a path."""
    bare = text.rstrip("=")
    if re.fullmatch(r"[0-9a-fA-F\-]+", bare) or re.search(r"(.)\1{5}", bare):
        return False
    kinds = sum(bool(re.search(pattern, bare)) for pattern in ("[a-z]", "[A-Z]", "[0-9]"))
    if kinds < 3 or bare.count("/") > len(bare) / 12 or bare.count("_") + bare.count("-") > len(bare) / 8:
        return False
    return entropy(bare) >= 4.3


def findings_in_line(line, rules, extension, is_lock_file):
    """(grade, kind, secret) of each secret in the line, the surest first, none of them twice."""
    found, taken = [], []
    low = line.lower()
    is_near = any(word in low for word in NEAR)

    def add(grade, kind, secret, span):
        if not any(span[0] < end and start < span[1] for start, end in taken):
            taken.append(span)
            found.append((grade, kind, secret))

    for kind, hint, pattern, group in rules:
        for match in pattern.finditer(line) if hint in low else ():
            secret = match.group(group)
            if kind.endswith("private key"):
                add("certain", kind, "", match.span())
            elif not is_placeholder(secret):
                add("certain", kind, secret, match.span(group))
    for match in SIGNED_TOKEN.finditer(line) if "eyJ" in line else ():
        add("likely", "signed token (JWT)", match.group(), match.span())
    if is_lock_file:
        return found
    for match in NAMED.finditer(line) if is_near else ():
        value = match.group("quoted") or match.group("bare")
        group = "quoted" if match.group("quoted") else "bare"
        name = NAME_START.search(line, max(0, match.start() - 40), match.start()).group() + match.group("name")
        if re.search(r"(?:file|path|name|field|url|uri|type|length|size|count|id|regex|pattern|policy|hint|label)s?$", name, re.I):
            continue
        if extension in PROSE and group == "bare" and match.group("sign") == ":":
            continue  # prose: `SENTENCE` looks at it
        if is_password_like(value, group == "quoted", extension):
            add("likely", f"value of “{name[-40:]}”", value, match.span(group))
    if extension in PROSE or not extension:
        for match in SENTENCE.finditer(line):
            value = match.group(1).rstrip(".,;!”\"'")
            if len(value) >= 6 and not is_placeholder(value) and re.search(r"\d|[^\w.\-]", value):
                add("likely", "written-down password", value, match.span(1))
    if is_near:
        for match in RANDOM.finditer(line):
            if is_random(match.group()) and not is_placeholder(match.group()):
                add("likely", "long random string", match.group(), match.span())
    return found


def read_text(path):
    """(text, was cut) of a text file, or None for anything else."""
    with open(path, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    cut, data = len(data) > MOST_BYTES, data[:MOST_BYTES]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), cut
    if b"\0" in data[:8192]:
        return None
    return data.decode("utf-8", errors="replace"), cut


class Sweep:
    def __init__(self, folder):
        self.folder = folder
        self.files = self.not_text = 0
        self.findings = []  # (path, line, grade, kind, secret)
        self.cut, self.unreadable, self.passed_over = [], [], []

    def run(self):
        def failed(error):
            self.unreadable.append(os.path.relpath(error.filename, self.folder))

        for place, folders, names in os.walk(self.folder, onerror=failed):
            skipped = sorted(name for name in folders if name.lower() in PASSED_OVER)
            self.passed_over += [os.path.relpath(os.path.join(place, name), self.folder) for name in skipped]
            folders[:] = sorted(name for name in folders if name not in skipped)
            for name in sorted(names):
                self._look_at(os.path.join(place, name), name)
        return self

    def _look_at(self, path, name):
        relative = os.path.relpath(path, self.folder)
        try:
            if not stat.S_ISREG(os.lstat(path).st_mode):
                return  # a link leads to a file that is looked at where it is, or lies outside
            self.files += 1
            for kind, pattern in FILE_NAMES:
                if pattern.search(name):
                    self.findings.append((relative, 0, "certain", kind, ""))
            text = read_text(path)
        except OSError:
            self.unreadable.append(relative)
            return
        if text is None:
            self.not_text += 1
            return
        if text[1]:
            self.cut.append(relative)
        low = text[0].lower()
        rules = [rule for rule in CERTAIN if rule.hint in low]
        extension = os.path.splitext(name)[1].lower()
        extension = "" if name.startswith(".env") else extension
        for number, line in enumerate(text[0].split("\n"), 1):
            if "secret-sweep: ignore" in line:
                continue
            for start in range(0, min(len(line), MOST_LINE * 50), MOST_LINE):
                part = line[start : start + MOST_LINE + 200]
                for grade, kind, secret in findings_in_line(part, rules, extension, name.lower() in LOCK_FILES):
                    entry = (relative, number, grade, kind, secret)
                    if entry not in self.findings[-20:]:
                        self.findings.append(entry)


def count(number, noun):
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def printable(text):
    return "".join(c if c.isprintable() else "�" for c in text)


def show(sweep, only_certain):
    kept = [f for f in sweep.findings if f[2] == "certain" or not only_certain]
    certain = sum(f[2] == "certain" for f in kept)
    likely = len(kept) - certain
    where = printable(os.path.basename(os.path.abspath(sweep.folder)) or sweep.folder)
    if not kept:
        print(f"Nothing found in {count(sweep.files, 'file')} of {where}.")
    else:
        grades = " and ".join(f"{n:,} {grade}" for n, grade in ((certain, "certain"), (likely, "likely")) if n)
        print(f"{count(len(kept), 'secret')} found in {count(sweep.files, 'file')} of {where}: {grades}.")
        current = None
        for path, line, grade, kind, secret in kept[:MOST_SHOWN]:
            if path != current:
                print(f"\n{printable(path)}")
                current = path
            place = f"{printable(path)}:{line}" if line else printable(path)
            preview = f"  {printable(redact(secret))}" if secret else ""
            print(f"  {place}  {grade}  {printable(kind)}{preview}")
        if len(kept) > MOST_SHOWN:
            print(f"\n{len(kept) - MOST_SHOWN:,} more are not listed.")
        print("\nReplace each key at the service that issued it: deleting the line is not enough once it was shared.")

    remarks = []
    if sweep.not_text:
        remarks.append(f"{count(sweep.not_text, 'file')} not looked into, being no text.")
    if sweep.passed_over:
        shown = ", ".join(printable(path) for path in sweep.passed_over[:5])
        more = f" and {len(sweep.passed_over) - 5} more" if len(sweep.passed_over) > 5 else ""
        remarks.append(f"Folders passed over: {shown}{more}.")
    if sweep.cut:
        remarks.append(f"Only the first 5 MB read of: {', '.join(printable(path) for path in sweep.cut[:5])}.")
    if sweep.unreadable:
        shown = ", ".join(printable(path) for path in sweep.unreadable[:5])
        remarks.append(f"{count(len(sweep.unreadable), 'place')} could not be read: {shown}.")
    if remarks:
        print("\n" + "\n".join(remarks))


def main():
    arguments = Arguments(prog="secret-sweep", allow_abbrev=False)
    arguments.add_argument("--folder")
    arguments.add_argument("--show", default="everything")
    options = arguments.parse_args()
    if not options.folder:
        raise Problem("Choose a folder.")
    if not os.path.isdir(options.folder):
        raise Problem(f"There is no folder {options.folder}.")
    if options.show not in ("everything", "certain"):
        raise Problem("“show” must be everything or certain.")
    try:
        os.listdir(options.folder)
    except OSError as error:
        raise Problem(f"The folder can't be read: {error.strerror}.") from None
    show(Sweep(options.folder).run(), options.show == "certain")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"secret-sweep: {problem}", file=sys.stderr)
        sys.exit(1)
