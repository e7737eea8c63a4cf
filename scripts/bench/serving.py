"""The site while somebody edits its file: from the write to the word that makes an open page load again."""

import re
import socket
import subprocess
import time

from lab import Lab, large
from tools import ROOT, Broken, Row, Sample, calm, say

EDITS = 20
#: What a reader takes for at once.
AT_ONCE = 0.2
#: Seconds until nobody expects a word any more.
DEADLINE = 30
#: With the promise for the tour alone: a stack that somebody writes by hand.
SITES = (
    ("the tour", lambda: (ROOT / "examples" / "tour.yaml").read_text().splitlines(), True),
    ("1,000 topics", lambda: [*large("topics", 1000, "volume"), "site:", "  title: Many topics"], False),
)
#: What is edited, where it is in the file, and what is put there.
EDITED = (
    ("a topic's partitions", re.compile(r"partitions: \d+"), "partitions: {}"),
    ("the title, on every page", re.compile(r"^  title: .*$", re.MULTILINE), "  title: Number {}"),
)


def rows(runs):
    for what, lines, promised in SITES:
        for edit, pattern, new in EDITED:
            with Lab("serving", engine=False) as lab:
                lab.write("mqlab.yaml", lines())
                found, note = [], ""
                for _ in range(runs):
                    samples, note = edits(lab, pattern, new)
                    found.append(samples)
            command = "mqlab site serve"
            every = [sample for samples in found for sample in samples]
            slowest = [max(samples, key=lambda sample: sample.seconds) for samples in found]
            name = f"{what}: {edit}"
            yield Row("site", f"{name}, each of {EDITS} edits", command, every, plus=AT_ONCE, told_only=not promised, note=note)
            yield Row("site", f"{name}, the slowest of them", command, slowest, plus=AT_ONCE, told_only=not promised)


def edits(lab, pattern, new):
    """How long each took, and what the command says of the last."""
    spec = lab.folder / "mqlab.yaml"
    text = spec.read_text()
    with Served(lab) as served:
        calm()
        samples = []
        # The first is not counted.
        for number in range(EDITS + 1):
            edited, count = pattern.subn(new.format(number + 10), text, count=1)
            if count != 1:
                raise Broken(f"{spec} has nothing like {pattern.pattern}")
            time.sleep(0.2)
            began = time.monotonic()
            spec.write_text(edited)
            served.hear(number + 1)
            samples.append(Sample(time.monotonic() - began))
        say(".\n")
    return samples[1:], served.said()


class Served:
    """`mqlab site serve`, and one open page that listens."""

    def __init__(self, lab):
        self.notes = lab.folder / "notes.txt"
        with open(self.notes, "w") as notes:
            command = [str(word) for word in lab.command("site serve", "--port", "0", "--format", "plain")]
            self.process = subprocess.Popen(command, cwd=lab.folder, stdout=subprocess.PIPE, stderr=notes, text=True)

    def __enter__(self):
        found = re.fullmatch(r"site http://([\d.]+):(\d+)/\n", self.process.stdout.readline())
        if not found:
            raise Broken(f"mqlab site serve: {self.notes.read_text()}")
        self.socket = socket.create_connection((found[1], int(found[2])), timeout=DEADLINE)
        self.socket.sendall(b"GET /.mqlab/changes HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.lines = self.socket.makefile("rb")
        # It listens when it has been answered.
        self.until(b"\r\n")
        return self

    def __exit__(self, *_error):
        self.process.terminate()
        self.process.wait()

    def until(self, wanted):
        for line in self.lines:
            if line == wanted:
                return
        raise Broken(f"mqlab site serve never said {wanted}: {self.notes.read_text()}")

    def hear(self, number):
        self.until(b"data: %d\n" % number)

    def said(self):
        lines = self.notes.read_text().splitlines()
        return f"the last of them: {lines[-1].strip()}" if lines else ""
