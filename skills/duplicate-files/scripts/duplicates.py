"""Finds files with the same content."""

import argparse
import hashlib
import os
import re
import stat
import sys
from collections import defaultdict
from typing import NamedTuple

HEAD_BYTES = 64 * 1024
MOST_SHOWN = 200
COPY = re.compile(
    r"(?:\(\d+\)|\bcopy(?: \d+)?|[-_ ]kopie(?: \d+)?|- copie|\bcopia)(?=\.[^.]*$|$)|^(?:copy of|kopie von|copie de) ", re.I
)


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


class File(NamedTuple):
    path: str
    size: int
    modified: float
    identity: tuple  # device and inode: the same for two names of one file


def find_files(folder, smallest):
    files, unreadable, empty = [], [], 0

    def failed(error):
        unreadable.append(error.filename)

    for place, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            try:
                status = os.lstat(path)
            except OSError:
                unreadable.append(path)
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            empty += status.st_size == 0
            if status.st_size >= max(smallest, 1):
                # Windows gives no inode number through lstat on some file systems: then the path stands for it.
                identity = (status.st_dev, status.st_ino) if status.st_ino else (path,)
                files.append(File(path, status.st_size, status.st_mtime, identity))
    return files, unreadable, empty


def digest(path, limit=None):
    sha = hashlib.sha256()
    left = limit
    with open(path, "rb") as file:
        while left is None or left > 0:
            block = file.read(1 << 20 if left is None else min(left, 1 << 20))
            if not block:
                break
            sha.update(block)
            left = None if left is None else left - len(block)
    return sha.digest()


def split(groups, key, unreadable):
    """Each group divided by `key(file)`; groups of one are dropped."""
    divided = []
    for group in groups:
        parts = defaultdict(list)
        for file in group:
            try:
                parts[key(file)].append(file)
            except OSError:
                unreadable.append(file.path)
        divided += [part for part in parts.values() if len(part) > 1]
    return divided


def find_duplicates(files, unreadable):
    groups = split([files], lambda file: file.size, unreadable)
    groups = split(groups, lambda file: digest(file.path, HEAD_BYTES), unreadable)
    long, short = [], []
    for group in groups:
        (long if group[0].size > HEAD_BYTES else short).append(group)
    return short + split(long, lambda file: digest(file.path), unreadable)


def best_first(group):
    def rank(file):
        name = os.path.basename(file.path)
        return bool(COPY.search(name)), file.modified, len(file.path), file.path

    return sorted(group, key=rank)


def wasted(group):
    return (len({file.identity for file in group}) - 1) * group[0].size


def show_size(size):
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:,} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1000
    return ""


def count(number, noun):
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def printable(text):
    return "".join(c if c.isprintable() else "�" for c in text)


def show(folder, groups, files, unreadable, empty):
    name = printable(os.path.basename(os.path.abspath(folder)) or folder)
    groups = sorted(groups, key=lambda group: (-wasted(group), group[0].path))
    for number, group in enumerate(groups[:MOST_SHOWN], 1):
        waste = wasted(group)
        extra = f"{show_size(waste)} to gain" if waste else "nothing to gain: names of one file"
        print(f"{number}. {len(group)} × {show_size(group[0].size)}, {extra}")
        ordered = best_first(group)
        for file in ordered:
            linked = file is not ordered[0] and file.identity == ordered[0].identity
            mark = "keep" if file is ordered[0] else "link" if linked else "same"
            print(f"   {mark}  {printable(os.path.relpath(file.path, folder))}")
        print()
    if len(groups) > MOST_SHOWN:
        print(f"{len(groups) - MOST_SHOWN:,} more groups are not listed.\n")

    total = sum(wasted(group) for group in groups)
    copies = sum(len({file.identity for file in group}) - 1 for group in groups)
    if groups:
        copies_text = "1 extra copy" if copies == 1 else f"{copies:,} extra copies"
        print(f"{copies_text} among {count(len(files), 'file')} in {name}: {show_size(total)} could be freed.")
        print("Nothing was changed.")
    else:
        print(f"No duplicates among {count(len(files), 'file')} in {name}.")
    if empty:
        print(f"{count(empty, 'empty file')} left out.")
    if unreadable:
        shown = ", ".join(printable(os.path.relpath(path, folder)) for path in unreadable[:5])
        print(f"{count(len(unreadable), 'place')} could not be read: {shown}.")


def main():
    arguments = Arguments(prog="duplicate-files", allow_abbrev=False)
    arguments.add_argument("--folder")
    arguments.add_argument("--min_kb", default="1")
    options = arguments.parse_args()
    if not options.folder:
        raise Problem("Choose a folder.")
    if not os.path.isdir(options.folder):
        raise Problem(f"There is no folder {options.folder}.")
    try:
        smallest = int(float(options.min_kb) * 1000)
        os.listdir(options.folder)
    except (ValueError, OverflowError):
        raise Problem(f"“{options.min_kb}” is not a size in KB.") from None
    except OSError as error:
        raise Problem(f"The folder can't be read: {error.strerror}.") from None
    files, unreadable, empty = find_files(options.folder, smallest)
    groups = find_duplicates(files, unreadable)
    show(options.folder, groups, files, unreadable, empty)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main()
    except Problem as problem:
        print(f"duplicate-files: {problem}", file=sys.stderr)
        sys.exit(1)
