"""The HTML page: one file, no scripts, nothing fetched."""

import os
from html import escape

from changes import reasons_to_check, word_changes

STYLE = """
:root { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --line: #e3e6ec; --page: #f6f7f9; --card: #fff; --add: #d7f5df;
  --add-ink: #0b5c2b; --cut: #fde0de; --cut-ink: #8f1d14; --check: #fff1d6; --check-ink: #7a4a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --line: #2d3340; --page: #12151b; --card: #1a1e27;
  --add: #12391f; --add-ink: #9be9b4; --cut: #45191a; --cut-ink: #ffb4ab; --check: #3a2b0c; --check-ink: #ffd58a } }
* { box-sizing: border-box } body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.6 system-ui, sans-serif }
main { max-width: 860px; margin: 0 auto; padding: 40px 24px 72px } h1 { font-size: 25px; margin: 0 0 6px }
.facts { color: var(--soft); margin: 0 0 24px } .sum { display: flex; flex-wrap: wrap; gap: 10px; padding: 0; margin: 0 0 28px; list-style: none }
.sum li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 14px } .sum b { font-size: 18px; margin-right: 5px }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; margin: 0 0 12px }
article.same { opacity: .62 } header { display: flex; gap: 10px; align-items: baseline; margin-bottom: 4px }
header b { overflow-wrap: anywhere } .kind { margin-left: auto; font-size: 12px; color: var(--soft); white-space: nowrap }
p { margin: 4px 0; overflow-wrap: anywhere } ins { background: var(--add); color: var(--add-ink); text-decoration: none; border-radius: 3px; padding: 1px 2px }
del { background: var(--cut); color: var(--cut-ink); border-radius: 3px; padding: 1px 2px }
.check { background: var(--check); color: var(--check-ink); border-radius: 8px; padding: 6px 12px; margin: 8px 0 0; font-size: 13px; list-style: none }
@media print { article { break-inside: avoid } }
"""


def marked(old, new):
    parts = []
    for kind, before, after in word_changes(old, new):
        if kind == "same":
            parts.append(escape(before))
            continue
        if before:
            parts.append(f"<del>{escape(before)}</del>")
        if after:
            parts.append(f"<ins>{escape(after)}</ins>")
    return "".join(parts)


def card(pair):
    clause = pair.new or pair.old
    note = pair.kind
    if pair.old and pair.new and pair.old.number != pair.new.number:
        note += f", was {pair.old.number or 'without number'}"
    if pair.kind == "changed":
        body = marked(pair.old.text, pair.new.text)
    elif pair.kind == "added":
        body = f"<ins>{escape(clause.text)}</ins>"
    elif pair.kind == "removed":
        body = f"<del>{escape(clause.text)}</del>"
    else:
        body = escape(clause.text)
    checks = ""
    if pair.kind in ("changed", "added", "removed"):
        reasons = reasons_to_check(pair.old.text if pair.old else "", pair.new.text if pair.new else "")
        if reasons:
            lines = "".join(
                f"<li>Check: {escape(what)} {escape(before or '(none)')} → {escape(after or '(none)')}</li>"
                for what, before, after in reasons
            )
            checks = f'<ul class="check">{lines}</ul>'
    return (
        f'<article class="{pair.kind}"><header><b>{escape(clause.name)}</b><span class="kind">{escape(note)}</span></header>'
        f"<p>{body}</p>{checks}</article>"
    )


def write_report(path, pairs, old_name, new_name, counts):
    summary = "".join(f"<li><b>{number}</b>{escape(kind)}</li>" for kind, number in counts.items())
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(old_name)} and {escape(new_name)} compared</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>What changed</h1>
<p class="facts">from {escape(old_name)} to {escape(new_name)}</p>
<ul class="sum">{summary}</ul>
{''.join(card(pair) for pair in pairs)}
</main>
</body>
</html>
"""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8", errors="replace") as file:
        file.write(html)
    os.replace(path + ".new", path)
