"""Translates a text or Markdown file with DeepL."""

import argparse
import os
import re
import sys

import deepl
from deepl import Problem
from passages import Document, from_xml, to_xml

MOST_CHARACTERS = 500_000
MOST_BYTES = 4 * MOST_CHARACTERS
LANGUAGE = re.compile(r"[A-Z]{2}(?:-[A-Z]{2,4})?$")


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(message)


def read_document(path):
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except IsADirectoryError:
        raise Problem("This is a folder. Choose a document.") from None
    except OSError as error:
        raise Problem(f"The document can't be read: {error.strerror}.") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem("The document isn't a UTF-8 text. Save it as plain text or Markdown in UTF-8 first.") from None
    if "\0" in text:
        raise Problem("The document isn't a text.")
    if len(text) > MOST_CHARACTERS:
        raise Problem(f"The document has more than {MOST_CHARACTERS:,} characters. Split it first.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def main(words=None, base_url=deepl.BASE_URL):
    arguments = Arguments(prog="translate-document", allow_abbrev=False)
    arguments.add_argument("--file")
    arguments.add_argument("--language")
    arguments.add_argument("--tone", default="default")
    options = arguments.parse_args(words)
    if not options.file:
        raise Problem("Choose a document.")
    language = (options.language or "").upper()
    if not LANGUAGE.match(language):
        raise Problem("Choose a language to translate into, such as DE or PT-BR.")
    if options.tone not in ("default", "formal", "informal"):
        raise Problem("“tone” must be default, formal or informal.")
    key = os.environ.get("DEEPL_API_KEY", "").strip()
    if not key:
        raise Problem("The DeepL key is missing. Add DEEPL_API_KEY to this skill's keys.")

    stem, extension = os.path.splitext(os.path.basename(options.file))
    text = read_document(options.file)
    document = Document(text, extension.lower() in (".md", ".markdown"))
    passages = document.passages()
    if not passages:
        raise Problem("There is nothing to translate in this document.")
    distinct = list(dict.fromkeys(passages))
    translations, source = deepl.translate(
        [to_xml(passage) for passage in distinct], language, key, tone=options.tone, base_url=base_url
    )
    by_passage = dict(zip(distinct, map(from_xml, translations)))
    result = document.with_translations([by_passage[passage] for passage in passages])

    path = os.path.join("translations", f"{stem}.{language.lower()}{extension or '.txt'}")
    os.makedirs("translations", exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8", newline="\n") as file:
        file.write(result)
    os.replace(path + ".new", path)
    characters = sum(map(len, distinct))
    print(f"{os.path.basename(options.file)}: {source or 'the original'} to {language}")
    print(f"{len(passages):,} passages, {characters:,} characters sent to DeepL")
    print(f"Written: {path}")


def run(words=None, base_url=deepl.BASE_URL):
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        main(words, base_url)
        return 0
    except Problem as problem:
        print(f"translate-document: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"translate-document: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(run())
