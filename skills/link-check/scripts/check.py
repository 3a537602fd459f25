"""Checks the links of the pages in a folder."""

import argparse
import os
import re
import sys
import time
import urllib.error
import urllib.parse

import archive
from pages import read_html, read_markdown

MARKDOWN = (".md", ".markdown")
HTML = (".html", ".htm")
PASSED_OVER = frozenset([".git", "node_modules", ".venv", "venv", "__pycache__", ".hg", ".svn"])
MOST_BYTES = 5_000_000
MOST_LISTED = 200
MOST_SECONDS = 120


class Problem(Exception):
    """A sentence for the person who ran the skill."""


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def printable(text):
    return "".join(c if c.isprintable() else "�" for c in text)


def count(number, noun):
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}es" if noun.endswith("s") else f"{number:,} {noun}s"


class Check:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.pages = {}  # path relative to the folder, with slashes, to Page
        self.broken = []  # (path, line, url, why)
        self.outside, self.unreadable = [], []
        self.external = {}  # url to the first place that links to it
        self.links = 0
        self._names = {}  # folder to the names in it

    def run(self):
        for place, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if name not in PASSED_OVER)
            for name in sorted(names):
                if name.lower().endswith(MARKDOWN + HTML):
                    self._read(os.path.join(place, name))
        for path, page in self.pages.items():
            for link in page.links:
                self.links += 1
                self._check(path, link)
        self.broken = sorted(set(self.broken))
        return self

    def _read(self, path):
        relative = os.path.relpath(path, self.folder).replace(os.sep, "/")
        try:
            if os.path.getsize(path) > MOST_BYTES:
                raise OSError
            with open(path, encoding="utf-8-sig", errors="replace") as file:
                text = file.read()
        except OSError:
            self.unreadable.append(relative)
            return
        if path.lower().endswith(HTML):
            self.pages[relative] = read_html(text)
            return
        self.pages[relative], missing = read_markdown(text)
        for link in missing:
            self.broken.append((relative, link.line, link.url, "its reference is not defined"))

    def _check(self, path, link):
        url = link.url.strip()
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.\-]*):", url)
        if url.startswith("//"):
            url, scheme = "https:" + url, re.match("(https)", "https")
        if scheme:
            if scheme.group(1).lower() in ("http", "https"):
                self.external.setdefault(url.split("#")[0], (path, link.line))
            return
        if re.search(r"\{\{|\{%|<%|\$\{", url):
            return  # filled in by a template later
        target, _, fragment = url.partition("#")
        target = urllib.parse.unquote(target.split("?")[0])
        if "\0" in target:
            self.broken.append((path, link.line, link.url, "it holds a zero byte"))
            return
        if not target:
            goal = path
        elif target.startswith("/"):
            goal = os.path.normpath(target.lstrip("/")).replace(os.sep, "/")
        else:
            goal = os.path.normpath(os.path.join(os.path.dirname(path), target)).replace(os.sep, "/")
        if goal == ".." or goal.startswith("../"):
            self.outside.append((path, link.line, link.url))
            return
        why = self._find(goal)
        if isinstance(why, tuple):
            self.broken.append((path, link.line, link.url, why[0]))
            return
        goal = why
        if fragment and goal in self.pages and not fragment.startswith(":~:"):
            wanted = urllib.parse.unquote(fragment)
            anchors = self.pages[goal].anchors
            line_mark = re.fullmatch(r"L\d+(?:-L?\d+)?|top", wanted)
            if wanted not in anchors and wanted.lower() not in {a.lower() for a in anchors} and not line_mark:
                where = "this page" if goal == path else goal
                self.broken.append((path, link.line, link.url, f"there is no “{wanted}” on {where}"))

    def _find(self, goal):
        """The path of the page or file that is meant, or (why it is broken,)."""
        if goal == ".":
            parts = []
        else:
            parts = goal.split("/")
        here = self.folder
        for index, part in enumerate(parts):
            names = self._list(here)
            if part not in names:
                near = next((name for name in names if name.lower() == part.lower()), None)
                if near:
                    return (f"it is spelled “{near}” there",)
                last = index == len(parts) - 1
                # Sites often leave out the ending.
                if last and "." not in part:
                    for ending in HTML + MARKDOWN:
                        if part + ending in names:
                            return "/".join(parts[:-1] + [part + ending])
                return ("there is no such file",)
            here = os.path.join(here, part)
        if os.path.isdir(here):
            for name in ("index.html", "index.htm", "README.md", "index.md"):
                if name in self._list(here):
                    return "/".join(parts + [name])
        return "/".join(parts)

    def _list(self, folder):
        if folder not in self._names:
            try:
                self._names[folder] = set(os.listdir(folder))
            except OSError:
                self._names[folder] = set()
        return self._names[folder]


def ask_archive(urls, base_url):
    """(url, copy or None or an error in words) for each; stops asking where there is no connection."""
    answers, failures = [], 0
    deadline = time.monotonic() + MOST_SECONDS
    for url in urls:
        if time.monotonic() > deadline:
            return answers, "The Internet Archive is slow at the moment; the others were not asked about."
        try:
            answers.append((url, archive.latest_copy(url, base_url)))
            failures = 0
        except urllib.error.HTTPError as error:
            if error.code == 429:
                return answers, "The Internet Archive asks to slow down; the others were not asked about."
            answers.append((url, f"the archive answered with error {error.code}"))
        except OSError:
            failures += 1
            if failures == 2 or not answers:
                return answers, "The Internet Archive can't be reached, so no saved copies were looked for." if not answers else (
                    "The connection to the Internet Archive was lost; the others were not asked about."
                )
            answers.append((url, "the archive did not answer"))
        except (ValueError, IndexError):
            answers.append((url, "the archive's answer can't be read"))
    return answers, None


def show(check, use_archive, most, base_url):
    print(f"{count(check.links, 'link')} on {count(len(check.pages), 'page')}, {count(len(check.external), 'web address')}")
    if check.broken:
        print(f"\nBroken: {len(check.broken):,}")
        for path, line, url, why in check.broken[:MOST_LISTED]:
            print(f"  {printable(path)}:{line}  {printable(url)}  –  {printable(why)}")
        if len(check.broken) > MOST_LISTED:
            print(f"  … and {len(check.broken) - MOST_LISTED:,} more")
    else:
        print("\nNo broken links within the folder.")

    remarks = []
    if check.external:
        print("\nWeb addresses (this skill may not visit them, so it can't tell whether they work today)")
        private = [url for url in check.external if archive.is_private(url)]
        public = [url for url in check.external if url not in private]
        answers, remark = [], None
        if use_archive and most:
            answers, remark = ask_archive(public[:most], base_url)
        for url, copy in answers:
            path, line = check.external[url]
            if isinstance(copy, tuple):
                result = f"saved {copy[0]}: {copy[1]}"
            else:
                result = "no saved copy" if copy is None else copy
            print(f"  {printable(url)}  ({printable(path)}:{line})\n      {printable(result)}")
        left = public[len(answers):]
        if left:
            print(f"  Not asked about: {count(len(left), 'address')}")
            for url in left[:MOST_LISTED]:
                print(f"  {printable(url)}  ({printable(check.external[url][0])}:{check.external[url][1]})")
        if private:
            remarks.append(f"{count(len(private), 'private address')} not sent to the archive.")
        if remark:
            remarks.insert(0, remark)
    if check.outside:
        path, line, url = check.outside[0]
        remarks.append(f"{count(len(check.outside), 'link')} out of the folder can't be checked, such as {url} ({path}:{line}).")
    if check.unreadable:
        remarks.append(f"{count(len(check.unreadable), 'page')} can't be read: {', '.join(check.unreadable[:5])}.")
    if remarks:
        print("\n" + "\n".join(printable(remark) for remark in remarks))


def main(words=None, base_url=archive.BASE_URL):
    arguments = Arguments(prog="link-check", allow_abbrev=False)
    arguments.add_argument("--folder")
    arguments.add_argument("--archive", default="true")
    arguments.add_argument("--most", default="20")
    options = arguments.parse_args(words)
    if not options.folder:
        raise Problem("Choose a folder.")
    if not os.path.isdir(options.folder):
        raise Problem(f"There is no folder {options.folder}.")
    if options.archive not in ("true", "false"):
        raise Problem("“archive” must be true or false.")
    if not re.fullmatch(r"\d{1,2}(?:\.0)?", options.most) or float(options.most) > 50:
        raise Problem("“most” must be a number from 0 to 50.")
    check = Check(options.folder).run()
    if not check.pages:
        raise Problem("There are no Markdown or HTML files in this folder.")
    show(check, options.archive == "true", int(float(options.most)), base_url)


def run(words=None, base_url=archive.BASE_URL):
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main(words, base_url)
        return 0
    except Problem as problem:
        print(f"link-check: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"link-check: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(run())
