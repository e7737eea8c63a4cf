"""The rows as Markdown and as JSON, with the machine that they are from."""

import json
import os
import platform
from dataclasses import asdict
from datetime import datetime, timezone

from tools import middle, quiet

TITLES = {
    "reading": "Without a broker",
    "site": "Editing the file of a served site",
    "search": "Searching the site",
    "starting": "From nothing to a broker that answers",
    "topology": "Applying a large topology",
    "observing": "Nothing to do",
    "mirrors": "Images from a mirror",
}
HEAD = ("what", "mqlab", "bare", "ratio", "promise", "kept", "peak memory")


def markdown(rows):
    parts = [machine(), ""]
    for group, title in TITLES.items():
        own = [row for row in rows if row.group == group]
        if own:
            parts += [f"### {title}", "", *table(own), "", *commands(own), ""]
    return "\n".join(parts)


def merged(old, new):
    """The old tables, with those of the new ones in their places, each under when and where it was measured."""
    (head, *kept), (when, *measured) = (text.split("\n### ") for text in (old, new))
    by_title = {part.split("\n")[0]: part.strip("\n") for part in kept}
    for part in measured:
        title, content = part.strip("\n").split("\n", 1)
        by_title[title] = f"{title}\n\n{when.strip()}\n{content}"
    ordered = [by_title[title] for title in TITLES.values() if title in by_title]
    return "\n".join([head.strip("\n"), "", *(f"### {part}\n" for part in ordered)])


def table(rows):
    yield "| " + " | ".join(HEAD) + " |"
    yield "|" + "---|" * len(HEAD)
    for row in rows:
        ratio = f"{middle(row.ours) / middle(row.bare):.2f}" if row.bare else ""
        peak = max(sample.peak_kib for sample in row.ours) / 1024
        kept = "" if row.told_only else "yes" if row.kept else "**no**"
        cells = (row.name, spread(row.ours), spread(row.bare), ratio, promise(row), kept,
                 f"{peak:.0f} MiB" if peak else "")
        yield "| " + " | ".join(cells) + " |"


def commands(rows):
    for row in rows:
        baseline = f" Bare: {row.baseline}." if row.baseline else ""
        note = f" {row.note[0].upper()}{row.note[1:]}." if row.note else ""
        yield f"- {row.name}: `{row.command}`.{baseline}{note}"


def in_short(row):
    beside = f" beside {number(middle(row.bare))}" if row.bare else ""
    kept = "" if row.told_only else ", kept" if row.kept else ", NOT KEPT"
    return f"{number(middle(row.ours))}{beside}{kept}"


def promise(row):
    if row.told_only:
        return ""
    parts = []
    if row.bound:
        parts.append("bare" if row.bound == 1 else f"{row.bound} × bare")
    if row.plus:
        parts.append(f"{row.plus:g} s")
    memory = f", {row.memory} MiB" if row.memory else ""
    return ("≤ " if row.bound else "< ") + " + ".join(parts) + (f" = {number(row.limit)}" if row.bound else "") + memory


def spread(samples):
    if not samples:
        return ""
    seconds = [sample.seconds for sample in samples]
    return f"{number(middle(samples))} ({number(min(seconds))}–{number(max(seconds))})"


def number(seconds):
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def machine():
    engine = quiet("docker", "version", "--format", "{{.Server.Version}}").strip()
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1024 / 1024
    load = os.getloadavg()[0]
    day = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    return (f"{day} · {os.cpu_count()} × {model} · {memory:.0f} GiB · {platform.system()} {platform.release().split('-')[0]}"
            f" · Docker {engine} · load {load:.1f} at the end. Medians; in brackets the least and the most.")


def as_json(rows):
    told = [{**asdict(row), "median": middle(row.ours), "bare_median": middle(row.bare) if row.bare else None,
             "limit": row.limit, "kept": row.kept} for row in rows]
    return json.dumps({"machine": machine(), "rows": told}, indent=1)
