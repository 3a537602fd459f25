"""A changelog in Markdown from a repository's commits."""

import argparse
import datetime
import os
import re
import subprocess
import sys
import tempfile
from typing import List, NamedTuple, Optional

MOST_COMMITS = 5000
GROUPS = ["Breaking changes", "Features", "Fixes", "Speed", "Documentation", "Other changes", "Maintenance"]
PREFIXES = {
    "feat": "Features",
    "feature": "Features",
    "fix": "Fixes",
    "bugfix": "Fixes",
    "hotfix": "Fixes",
    "security": "Fixes",
    "perf": "Speed",
    "docs": "Documentation",
    "doc": "Documentation",
    "refactor": "Other changes",
    "revert": "Other changes",
    "ui": "Other changes",
    "i18n": "Other changes",
    **dict.fromkeys(["chore", "build", "ci", "test", "tests", "style", "deps", "release", "lint"], "Maintenance"),
}
CONVENTIONAL = re.compile(r"^(?P<type>[a-zA-Z0-9]+)(?:\((?P<scope>[^()]*)\))?(?P<breaking>!)?:\s+(?P<text>.+)$")
FIRST_WORDS = [
    (r"(?:add|introduce|implement|support|allow|enable|create|provide)(?:s|ed|d|ing)?\b", "Features"),
    (r"(?:fix|correct|repair|resolve|prevent|avoid|handle)(?:e?s|e?d|ing)?\b|don'?t\b|stop\b", "Fixes"),
    (r"(?:speed|optimi[sz]e|faster|accelerate|cache)\w*\b", "Speed"),
    (r"(?:document|docs?|readme|changelog|typo|explain|describe)\w*\b", "Documentation"),
    (r"(?:bump|upgrade dep|release|version|ci\b|lint|format|test|tests)\w*\b|update dependenc|v?\d+\.\d+", "Maintenance"),
]
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?$|\d+ (?:day|week|month|year)s? ago$|yesterday$")


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


class Commit(NamedTuple):
    id: str
    short: str
    author: str
    date: str
    subject: str
    body: str


class Repository:
    def __init__(self, folder, settings):
        self._folder = folder
        # A repository's own settings may name programs to start: none of them is wanted here. Git asks for
        # `safe.directory` outside of the repository, since the folder may belong to another user.
        with open(settings, "w", encoding="utf-8") as file:
            file.write("[safe]\n\tdirectory = *\n")
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ},
            "GIT_CONFIG_GLOBAL": settings,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_NO_LAZY_FETCH": "1",
            "HOME": os.path.dirname(settings),
            "LC_ALL": "C.UTF-8",
        }
        self._options = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false"]
        self._options += ["-c", "core.hooksPath=" + os.devnull, "-c", "log.mailmap=true", "-c", "core.quotePath=false"]

    def git(self, *words, check=True) -> Optional[str]:
        """What git prints, or None where it fails and `check` is false."""
        command = ["git", "--no-pager", *self._options, "-C", self._folder, *words]
        try:
            done = subprocess.run(command, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True)
        except FileNotFoundError:
            raise Problem("git is not on this computer. Install it from git-scm.com.") from None
        if done.returncode == 0:
            return done.stdout.decode("utf-8", errors="replace")
        if not check:
            return None
        reason = done.stderr.decode("utf-8", errors="replace").strip().split("\n")[0].replace("fatal: ", "")
        if "not a git repository" in reason:
            raise Problem("There is no git repository in this folder.")
        raise Problem(f"git says: {reason[:300]}")

    def commit_of(self, name):
        found = self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", check=False)
        return found.strip() if found else None

    def log(self, span) -> List[Commit]:
        form = "%H%x1f%h%x1f%aN%x1f%ad%x1f%s%x1f%b%x1e"
        prefix = (self.git("rev-parse", "--show-prefix", check=False) or "").strip()
        words = ["--no-merges", "--no-color", f"--max-count={MOST_COMMITS}", "--date=short", f"--format={form}"]
        text = self.git("log", *words, *span, "--", *(["."] if prefix else []))
        commits = []
        for record in text.split("\x1e"):
            fields = record.strip("\n").split("\x1f")
            if len(fields) == 6:
                commits.append(Commit(*fields))
        return commits


def find_span(repository, since):
    """(arguments for git log, how to say it)."""
    if since:
        if since.startswith("-") or "\n" in since:
            raise Problem("“since” must be a tag, a commit or a date.")
        start = repository.commit_of(since)
        if start:
            return [f"{start}..HEAD"], f"since {since}"
        if DATE.match(since):
            text = since
            if re.match(r"\d{4}-\d{2}-\d{2}", since):
                try:
                    datetime.datetime.fromisoformat(since.replace(" ", "T"))
                except ValueError:
                    raise Problem(f"“{since}” is not a date.") from None
                # Git fills in the time of day of this moment where none is given.
                text = since if len(since) > 10 else f"{since} 00:00:00"
            return [f"--since={text}", "HEAD"], f"since {since}"
        tags = (repository.git("tag", "--sort=-creatordate", check=False) or "").split()
        hint = f" The latest tags are {', '.join(tags[:5])}." if tags else " The repository has no tags."
        raise Problem(f"“{since}” is no tag, commit or date that is known here.{hint}")
    tag = (repository.git("describe", "--tags", "--abbrev=0", check=False) or "").strip()
    if tag and repository.commit_of(tag) == repository.commit_of("HEAD"):
        older = (repository.git("describe", "--tags", "--abbrev=0", f"{tag}^", check=False) or "").strip()
        if older:
            return [f"{repository.commit_of(older)}..HEAD"], f"{tag}, since {older}"
        return ["HEAD"], f"{tag}, from the beginning"
    if tag:
        return [f"{repository.commit_of(tag)}..HEAD"], f"since {tag}"
    return ["HEAD"], "from the beginning"


def without_reverted(commits):
    """Leaves out each commit that a later one reverts, together with that later one."""
    ids = {commit.id for commit in commits}
    gone = set()
    for commit in commits:  # newest first, so that a revert of a revert counts
        if commit.id in gone:
            continue
        found = re.search(r"This reverts commit ([0-9a-f]{7,40})", commit.body)
        target = next((i for i in ids if found and i.startswith(found.group(1))), None)
        if target and target not in gone:
            gone |= {commit.id, target}
    return [commit for commit in commits if commit.id not in gone]


def sort_commit(commit):
    """(group, scope, text without its prefix, what breaks)."""
    breaks = re.search(r"^BREAKING[ -]CHANGE:\s*(.+?)(?:\n\n|\Z)", commit.body, re.M | re.S)
    note = " ".join(breaks.group(1).split()) if breaks else ""
    found = CONVENTIONAL.match(commit.subject)
    if found and (found.group("type").lower() in PREFIXES or found.group("breaking")):
        group = PREFIXES.get(found.group("type").lower(), "Other changes")
        scope, text, breaking = found.group("scope") or "", found.group("text"), bool(found.group("breaking"))
    else:
        scope, text, breaking = "", commit.subject, False
        if found and not found.group("scope"):
            scope, text = found.group("type"), found.group("text")
        start = text.lower()
        group = next((name for pattern, name in FIRST_WORDS if re.match(pattern, start)), "Other changes")
    return ("Breaking changes" if breaking or breaks else group), scope, text[:1].upper() + text[1:], note


def escape(text):
    text = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"([<>*_\[\]`\\])", r"\\\1", text)


def show(name, span, commits, skipped, is_shallow, is_cut):
    groups = {group: [] for group in GROUPS}
    for commit in commits:
        group, scope, text, note = sort_commit(commit)
        groups[group].append((scope.lower(), scope, text, note, commit))
    people = sorted({commit.author for commit in commits}, key=str.lower)

    print(f"# {escape(name)}: changes {escape(span)}\n")
    if not commits:
        print("There are no commits in this span.")
    else:
        dates = sorted(commit.date for commit in commits)
        when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
        number = "1 commit" if len(commits) == 1 else f"{len(commits):,} commits"
        who = "1 person" if len(people) == 1 else f"{len(people)} people"
        print(f"{number} by {who}, {when}")
    for group in GROUPS:
        if not groups[group]:
            continue
        print(f"\n## {group}\n")
        for _, scope, text, note, commit in sorted(groups[group], key=lambda entry: entry[0]):
            lead = f"**{escape(scope)}**: " if scope else ""
            print(f"- {lead}{escape(text)} ({commit.short})")
            if note:
                print(f"  {escape(note)}")
    if len(people) > 1:
        print(f"\nThanks to {escape(', '.join(people))}.")
    remarks = []
    if skipped:
        remarks.append(f"{skipped} commits that cancel each other out were left out.")
    if is_shallow:
        remarks.append("This is a shallow clone: older commits are not in it.")
    if is_cut:
        remarks.append(f"Only the latest {MOST_COMMITS:,} commits were read.")
    if remarks:
        print("\n" + "\n".join(remarks))


def main():
    arguments = Arguments(prog="git-changelog", allow_abbrev=False)
    arguments.add_argument("--folder")
    arguments.add_argument("--since", default="")
    options = arguments.parse_args()
    if not options.folder:
        raise Problem("Choose a repository.")
    folder = os.path.abspath(options.folder)
    if not os.path.isdir(folder):
        raise Problem(f"There is no folder {folder}.")
    with tempfile.TemporaryDirectory() as temporary:
        repository = Repository(folder, os.path.join(temporary, "gitconfig"))
        repository.git("rev-parse", "--git-dir")
        if not repository.commit_of("HEAD"):
            raise Problem("The repository has no commits yet.")
        span, words = find_span(repository, options.since.strip())
        found = repository.log(span)
        shallow = repository.git("rev-parse", "--is-shallow-repository", check=False)
        commits = without_reverted(found)
        show(
            os.path.basename(folder) or folder,
            words,
            commits,
            len(found) - len(commits),
            (shallow or "").strip() == "true",
            len(found) == MOST_COMMITS,
        )


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"git-changelog: {problem}", file=sys.stderr)
        sys.exit(1)
