"""The HTML page: one file, no scripts, nothing fetched."""

import os
from html import escape

from column import MOST_DISTINCT

STYLE = """
:root { color-scheme: light dark; --ink: #1d2330; --soft: #667085; --line: #e4e7ec; --card: #fff; --page: #f6f7f9;
  --bar: #3b6fd8; --warn: #b54708; --warn-page: #fff6ed }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaef; --soft: #98a2b3; --line: #2c3240; --card: #1a1e27;
  --page: #12151b; --bar: #6f9bf5; --warn: #fdb022; --warn-page: #2a2013 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px }
h1 { font-size: 26px; margin: 0 0 4px; overflow-wrap: anywhere } h2 { font-size: 17px; margin: 36px 0 12px }
.facts { color: var(--soft); margin: 0 }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: 8px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line) }
thead th { border-top: 0; font-size: 12px; color: var(--soft); font-weight: 600 }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left }
.notes { background: var(--warn-page); border-radius: 10px; padding: 14px 18px 14px 36px; margin: 0 }
.notes li::marker { color: var(--warn) }
.cards { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(310px, 1fr)) }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; min-width: 0 }
article h3 { margin: 0; font-size: 15px; overflow-wrap: anywhere } article p { margin: 0 0 10px; color: var(--soft); font-size: 13px }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 14px; margin: 0; font-size: 13px }
dt { color: var(--soft) } dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
svg { display: block; width: 100%; height: 56px; margin: 6px 0 2px }
.ends { display: flex; justify-content: space-between; font-size: 12px; color: var(--soft); margin-bottom: 10px }
.top { list-style: none; padding: 0; margin: 6px 0 10px; font-size: 13px }
.top li { position: relative; display: flex; justify-content: space-between; gap: 12px; padding: 2px 8px; margin: 2px 0 }
.top li span { position: relative; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.top i { position: absolute; inset: 0 auto 0 0; background: var(--bar); opacity: .18; border-radius: 4px }
"""


def histogram(bins, lowest, highest):
    tallest = max(bins)
    width = 100 / len(bins)
    bars = "".join(
        f'<rect x="{index * width + 0.3:.2f}" y="{40 - max(40 * n / tallest, 0.8 if n else 0):.2f}" '
        f'width="{width - 0.6:.2f}" height="{max(40 * n / tallest, 0.8 if n else 0):.2f}"><title>{n:,}</title></rect>'
        for index, n in enumerate(bins)
    )
    return (
        f'<svg viewBox="0 0 100 40" preserveAspectRatio="none" fill="var(--bar)" role="img" '
        f'aria-label="Distribution from {escape(lowest)} to {escape(highest)}">{bars}</svg>'
        f'<div class="ends"><span>{escape(lowest)}</span><span>{escape(highest)}</span></div>'
    )


def card(profile, column, figures):
    parts = [f"<article><h3>{escape(column.name)}</h3><p>{escape(column.type)}</p>"]
    if figures.bins:
        parts.append(histogram(figures.bins, figures.lowest, figures.highest))
    elif column.exact and column.filled and column.distinct < column.filled:
        common = column.most_common(5)
        most = common[0][1] if common else 1
        parts.append('<ul class="top">')
        for text, n in common:
            shown = text if len(text) <= 60 else text[:59] + "…"
            parts.append(
                f'<li><i style="width:{100 * n / most:.1f}%"></i><span>{escape(shown)}</span><span>{n:,}</span></li>'
            )
        parts.append("</ul>")
    rows = [
        ("Filled", f"{column.filled:,} of {column.rows:,}"),
        ("Distinct", f"{column.distinct:,}" if column.exact else f"over {MOST_DISTINCT:,}"),
    ]
    if column.first_missing is not None:
        rows.append(("First missing", f"line {profile.line_of(column.first_missing):,}"))
    if figures.median:
        rows += [("Median", figures.median), ("Middle half", figures.quartiles)]
    if figures.mean:
        rows += [("Mean", figures.mean), ("Standard deviation", figures.deviation or "–")]
    if column.type == "text" and column.shortest is not None:
        rows.append(("Length", f"{column.shortest:,} to {column.longest:,} characters"))
    if column.misfits:
        rows.append(("Misfits", f"{column.misfits:,}"))
    if column.date_order:
        rows.append(("Dates read", column.date_order))
    if figures.outliers is not None:
        rows.append(("Outliers", f"{figures.outliers:,}"))
    for row, value in figures.examples:
        rows.append((f"· line {profile.line_of(row):,}", value))
    parts.append("<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows) + "</dl></article>")
    return "".join(parts)


def write_report(path, profile, name):
    columns = list(zip(profile.columns, profile.figures))
    head = ["Column", "Type", "Missing", "Distinct", "Lowest", "Median", "Highest", "Outliers"]
    body = []
    for column, figures in columns:
        cells = [
            column.name,
            column.type,
            f"{column.missing:,}",
            f"{column.distinct:,}" if column.exact else f"over {MOST_DISTINCT:,}",
            figures.lowest,
            figures.median,
            figures.highest,
            "" if figures.outliers is None else f"{figures.outliers:,}",
        ]
        body.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    notes = "".join(f"<li>{escape(note)}</li>" for note in profile.notes)
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(name)}: CSV profile</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>{escape(name)}</h1>
<p class="facts">{profile.rows:,} rows · {len(columns):,} columns · {profile.table.size:,} bytes · {profile.table.encoding_name}</p>
{f'<h2>Worth a look</h2><ul class="notes">{notes}</ul>' if notes else ''}
<h2>At a glance</h2>
<div class="scroll"><table><thead><tr>{''.join(f'<th>{title}</th>' for title in head)}</tr></thead>
<tbody>{''.join(body)}</tbody></table></div>
<h2>Column by column</h2>
<div class="cards">{''.join(card(profile, column, figures) for column, figures in columns)}</div>
</main>
</body>
</html>
"""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8", errors="replace") as file:
        file.write(html)
    os.replace(path + ".new", path)
