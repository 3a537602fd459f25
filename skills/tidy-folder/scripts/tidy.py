"""Sorts the loose files of a folder into subfolders, and takes it back."""

import argparse
import datetime
import errno
import json
import os
import stat
import sys
from collections import defaultdict

from kinds import kind_of

LOG = ".tidy-folder.log"
SYSTEM_FILES = frozenset(["desktop.ini", "thumbs.db", "ehthumbs.db", "icon\r"])
UNFINISHED = (".part", ".crdownload", ".download", ".partial", ".opdownload", ".tmp", ".!ut", ".aria2")
MOST_LISTED = 20


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


class Log:
    """One JSON object a line. A move is written down before it is made."""

    def __init__(self, folder):
        self.path = os.path.join(folder, LOG)

    def read(self):
        try:
            if not stat.S_ISREG(os.lstat(self.path).st_mode):
                raise Problem(f"{LOG} is not a plain file. Move it away first.")
            with open(self.path, encoding="utf-8", errors="surrogateescape") as file:
                lines = file.read().split("\n")
        except FileNotFoundError:
            return []
        entries = []
        for number, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                if not isinstance(entry, dict) or not isinstance(entry.get("run"), str):
                    raise ValueError
                for key in ("from", "to", "folder"):
                    if key in entry and not is_inside(entry[key]):
                        raise ValueError
            except ValueError:
                if number >= len(lines) - 2:
                    continue  # a last line that was cut short: its move was not made
                raise Problem(f"{LOG} was changed by something else (line {number + 1}), so nothing is moved.") from None
            entries.append(entry)
        return entries

    def append(self, entry):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def keep(self, entries):
        if not entries:
            if os.path.lexists(self.path):
                os.remove(self.path)
            return
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write("".join(json.dumps(entry) + "\n" for entry in entries))
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)


def is_inside(path):
    """A plain name, or a subfolder and a name: nothing that leads out of the folder."""
    if not isinstance(path, str) or not path or "\0" in path or os.path.isabs(path) or "\\" in path and os.sep == "\\":
        return False
    parts = path.split("/")
    return len(parts) <= 2 and all(part not in ("", ".", "..") for part in parts)


def move(source, target):
    """Moves a file on one disk. Never overwrites: FileExistsError if the target is taken, even this very instant."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        # A file system without hard links.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "taken", target) from None
        os.rename(source, target)
        return
    os.unlink(source)


def free_name(folder, name, taken):
    """The name itself, or `name (2).ext` and so on where it is taken in that folder."""
    stem, extension = os.path.splitext(name)
    if stem.endswith(".tar"):
        stem, extension = stem[:-4], ".tar" + extension
    number, candidate = 2, name
    while candidate.lower() in taken or os.path.lexists(os.path.join(folder, candidate)):
        candidate = f"{stem} ({number}){extension}"
        number += 1
    return candidate


def why_left_alone(entry):
    low = entry.name.lower()
    if entry.is_symlink():
        return "link"
    if not entry.is_file(follow_symlinks=False):
        return "folder" if entry.is_dir(follow_symlinks=False) else "special file"
    if low.startswith(".") or low in SYSTEM_FILES or low.startswith("~$"):
        return "hidden or system file"
    if low.endswith(UNFINISHED):
        return "unfinished download"
    return None


def plan(folder, by):
    """(moves by subfolder, counts of what is left alone). Each move is (name, new name)."""
    moves, left, taken = defaultdict(list), defaultdict(int), defaultdict(set)
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name.lower())
    for entry in listed:
        reason = why_left_alone(entry)
        if reason:
            left[reason] += 1
            continue
        if by == "date":
            moment = datetime.datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime)
            subfolder = moment.strftime("%Y-%m")
        else:
            subfolder = kind_of(entry.name)
        target = os.path.join(folder, subfolder)
        if os.path.lexists(target) and (os.path.islink(target) or not os.path.isdir(target)):
            left[f"a file or link named “{subfolder}” is in the way"] += 1
            continue
        name = free_name(target, entry.name, taken[subfolder])
        taken[subfolder].add(name.lower())
        moves[subfolder].append((entry.name, name))
    return moves, left


def printable(text):
    return "".join(c if c.isprintable() else "�" for c in text)


def count(number, noun):
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def show_moves(moves):
    for subfolder in sorted(moves):
        print(f"{printable(subfolder)}/  ({count(len(moves[subfolder]), 'file')})")
        for name, new in moves[subfolder][:MOST_LISTED]:
            renamed = f"  →  {printable(new)}" if new != name else ""
            print(f"   {printable(name)}{renamed}")
        if len(moves[subfolder]) > MOST_LISTED:
            print(f"   … and {len(moves[subfolder]) - MOST_LISTED:,} more")
    if moves:
        print()


def sort(folder, by, preview):
    moves, left = plan(folder, by)
    total = sum(map(len, moves.values()))
    show_moves(moves)
    if preview or not total:
        if total:
            print(f"{count(total, 'file')} would move into {count(len(moves), 'subfolder')}. Nothing was changed.")
        else:
            print("There is nothing to sort: no loose files. Nothing was changed.")
    else:
        log, run = Log(folder), datetime.datetime.now().strftime("%Y-%m-%dT%H:%M:%S.%f")
        log.read()  # a log that something else has changed stops the run before the first move
        done, failed = 0, []
        for subfolder in sorted(moves):
            target = os.path.join(folder, subfolder)
            if not os.path.isdir(target):
                log.append({"run": run, "folder": subfolder})
                os.mkdir(target)
            for name, new in moves[subfolder]:
                while True:
                    log.append({"run": run, "from": name, "to": f"{subfolder}/{new}"})
                    try:
                        move(os.path.join(folder, name), os.path.join(target, new))
                        done += 1
                    except FileExistsError:
                        new = free_name(target, name, set())
                        continue
                    except OSError as error:
                        failed.append((name, error.strerror or str(error)))
                    break
        print(f"{count(done, 'file')} moved into {count(len(moves), 'subfolder')}. “undo” puts them back.")
        for name, reason in failed:
            print(f"Not moved: {printable(name)} ({reason}).")
    if left:
        reasons = ", ".join(f"{number:,} × {reason}" for reason, number in sorted(left.items()))
        print(f"Left alone: {reasons}.")


def undo(folder, preview):
    log = Log(folder)
    entries = log.read()
    runs = list(dict.fromkeys(entry["run"] for entry in entries))
    if not runs:
        raise Problem("There is nothing to undo: this folder has not been sorted, or it was undone already.")
    latest = [entry for entry in entries if entry["run"] == runs[-1]]
    back, stays = [], []
    claimed = set()
    for entry in reversed([entry for entry in latest if "from" in entry]):
        now, before = os.path.join(folder, entry["to"]), os.path.join(folder, entry["from"])
        if not os.path.lexists(now):
            # Never moved (the run was stopped, or it was retried under another name), or taken away since.
            if not os.path.lexists(before) and entry["from"] not in {e["from"] for e in back}:
                stays.append((entry["to"], "it is no longer there"))
        elif os.path.lexists(before) and os.path.samefile(now, before):
            back.append(entry)  # the run was stopped between the two halves of a move
        elif os.path.lexists(before) or entry["from"] in claimed:
            stays.append((entry["to"], f"“{entry['from']}” exists again"))
        else:
            back.append(entry)
            claimed.add(entry["from"])
    stays = [(path, why) for path, why in stays if path not in {e["to"] for e in back}]
    for entry in back[:MOST_LISTED]:
        print(f"   {printable(entry['to'])}  →  {printable(entry['from'])}")
    if len(back) > MOST_LISTED:
        print(f"   … and {len(back) - MOST_LISTED:,} more")
    if back:
        print()
    if preview:
        print(f"{count(len(back), 'file')} would move back. Nothing was changed.")
    else:
        done = 0
        for entry in back:
            now, before = os.path.join(folder, entry["to"]), os.path.join(folder, entry["from"])
            try:
                if os.path.lexists(before) and os.path.samefile(now, before):
                    os.unlink(now)
                else:
                    move(now, before)
                done += 1
            except OSError as error:
                stays.append((entry["to"], error.strerror or str(error)))
        for entry in latest:
            if "folder" in entry:
                try:
                    os.rmdir(os.path.join(folder, entry["folder"]))
                except OSError:
                    pass  # not empty, or gone: either way it is the person's now
        log.keep([entry for entry in entries if entry["run"] != runs[-1]])
        print(f"{count(done, 'file')} moved back.")
    for path, why in stays:
        print(f"Left where it is: {printable(path)}, because {printable(why)}.")


def main():
    arguments = Arguments(prog="tidy-folder", allow_abbrev=False)
    arguments.add_argument("--folder")
    arguments.add_argument("--action", default="sort")
    arguments.add_argument("--by", default="type")
    arguments.add_argument("--preview", default="true")
    options = arguments.parse_args()
    if not options.folder:
        raise Problem("Choose a folder.")
    if not os.path.isdir(options.folder):
        raise Problem(f"There is no folder {options.folder}.")
    if options.by not in ("type", "date"):
        raise Problem("“by” must be type or date.")
    if options.preview not in ("true", "false"):
        raise Problem("“preview” must be true or false.")
    preview = options.preview == "true"
    if options.action == "undo":
        undo(options.folder, preview)
    elif options.action == "sort":
        sort(options.folder, options.by, preview)
    else:
        raise Problem("“action” must be sort or undo.")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"tidy-folder: {problem}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        print(f"tidy-folder: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
        sys.exit(1)
