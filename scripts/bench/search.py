"""Fifty queries in each language, typed into the page of a built site in Chromium."""

import json

from lab import Lab, large
from tools import MQLAB, ROOT, Broken, Row, Sample, calm, middle, quiet, say

#: What a reader takes for at once.
AT_ONCE = 0.05
SITES = (("the tour", None), ("the tour and 1,000 topics", 1000), ("the tour and 10,000 topics", 10_000))


def rows(runs):
    for what, count in SITES:
        with Lab("search", engine=False) as lab:
            files = [ROOT / "examples" / "tour.yaml"]
            if count:
                lab.write("more.yaml", large("topics", count, "volume"))
                files.append("more.yaml")
            lab.write("out.yaml", [f"site: {{ out: {lab.folder / 'mqlab-site'} }}"])
            named = [word for file in [*files, "out.yaml"] for word in ("-f", file)]
            quiet(MQLAB, "site", "build", *named, cwd=lab.folder)
            yield from searches(what, lab.folder / "mqlab-site", runs)


def searches(what, folder, runs):
    found = [timed(folder) for _ in range(runs)]
    command = "node tests/browser/searchtime.js SITE_DIR"
    for language, name in (("en", "English"), ("zh", "Chinese")):
        all_runs = [one[language] for one in found]
        if any(one["found"] < len(one["times"]) for one in all_runs):
            raise Broken(f"{what}: a query in {name} found nothing")
        queries = [Sample(ms / 1000) for one in all_runs for ms in one["times"]]
        slowest = [Sample(max(one["times"]) / 1000) for one in all_runs]
        index = middle([Sample(one["first"] / 1000) for one in all_runs])
        opened = middle([Sample(one["opened"] / 1000) for one in all_runs])
        note = f"the overview opens in {opened * 1000:.0f} ms, the first search loads the index, {index * 1000:.0f} ms"
        count = len(all_runs[0]["times"])
        yield Row("search", f"{what}, {name}: each of {count} queries", command, queries, plus=AT_ONCE, note=note)
        slow = f"`{all_runs[0]['worst']}` in the first run"
        yield Row("search", f"{what}, {name}: the slowest of them", command, slowest, plus=AT_ONCE, note=slow)


def timed(folder):
    calm()
    say(".")
    return json.loads(quiet("node", ROOT / "tests" / "browser" / "searchtime.js", folder))
