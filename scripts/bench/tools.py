"""Running programs and keeping what they took."""

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "bench"
TRASH = WORK / "trash"
MQLAB = Path(os.environ.get("MQLAB", ROOT / "target" / "release" / "mqlab"))
BARE = WORK / "bare"
#: Seconds that a run waits for the machine to be idle. More where others work on it.
PATIENCE = float(os.environ.get("BENCH_PATIENCE", 60))


class Broken(Exception):
    """A benchmark that did not do what it is to measure."""


@dataclass
class Sample:
    """One run of one program, or of several after each other."""

    seconds: float
    peak_kib: int = 0
    processor: float = 0.0
    #: What the program itself told: a phase and its seconds.
    told: dict = field(default_factory=dict)

    def __add__(self, other):
        return Sample(
            self.seconds + other.seconds,
            max(self.peak_kib, other.peak_kib),
            self.processor + other.processor,
            {**self.told, **other.told},
        )


@dataclass
class Row:
    """One promise with what was measured."""

    group: str
    name: str
    command: str
    ours: list
    #: `bound` times the baseline and `plus` seconds; without a baseline, `plus` seconds.
    bound: float = 0.0
    plus: float = 0.0
    baseline: str = ""
    bare: list = field(default_factory=list)
    note: str = ""
    #: The most MiB that a run may take; without one, any.
    memory: int = 0
    #: Shown without a promise.
    told_only: bool = False

    @property
    def limit(self):
        return self.bound * middle(self.bare) + self.plus

    @property
    def kept(self):
        peak = max(sample.peak_kib for sample in self.ours) / 1024
        return self.told_only or middle(self.ours) <= self.limit and (not self.memory or peak <= self.memory)


def middle(samples):
    return statistics.median(sample.seconds for sample in samples) if samples else 0.0


def measured(command, cwd=None, environment=None, code=0):
    """Runs it to its end, through the small program that sees its peak of memory."""
    WORK.mkdir(parents=True, exist_ok=True)
    result, said = WORK / "measured.json", WORK / "said.txt"
    with open(said, "wb") as out, open(WORK / "complained.txt", "wb") as errors:
        subprocess.run(
            [BARE, "measure", result, "--", *map(str, command)],
            cwd=cwd, env={**os.environ, **(environment or {})}, stdout=out, stderr=errors, check=True,
        )
    told = json.loads(result.read_text())
    if told["code"] != code:
        complaint = (WORK / "complained.txt").read_text(errors="replace")[-4000:]
        raise Broken(f"{' '.join(map(str, command))}: exit code {told['code']} and not {code}\n{complaint}")
    return Sample(told["seconds"], told["peak_kib"], told["processor"])


def output():
    """What the last measured program printed."""
    return (WORK / "said.txt").read_text(errors="replace")


def bare(*words, environment=None):
    """One baseline. It tells its own phases; the time is the whole process."""
    sample = measured([BARE, *words], environment=environment)
    sample.told = json.loads(output())
    return sample


def quiet(*command, **more):
    """Something that is not measured."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise Broken(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def discard(folder):
    """Puts a folder out of the way. A file system that avoids numbers of files that were just deleted (ext4, for
    minutes) makes new ones several times slower, so nothing is deleted before all is measured."""
    if folder.exists():
        TRASH.mkdir(parents=True, exist_ok=True)
        folder.rename(TRASH / f"{len(os.listdir(TRASH))}-{folder.name}")


def calm(patience=None):
    """Waits until the machine has had nothing much to do for a second: brokers work on after their start."""
    def busy():
        with open("/proc/stat") as stat:
            fields = [int(field) for field in stat.readline().split()[1:9]]
        return sum(fields) - fields[3] - fields[4], sum(fields)

    end = time.monotonic() + (patience or PATIENCE)
    while time.monotonic() < end:
        before = busy()
        time.sleep(1)
        after = busy()
        if after[0] - before[0] < 0.15 * (after[1] - before[1]):
            return


def alternated(runs, ours, other, before=lambda: None):
    """Both in turn, each pair the other way round, after one of each that is not counted."""
    samples = ([], [])
    for run in range(runs + 1):
        pair = ((0, ours), (1, other))
        for which, work in pair if run % 2 else reversed(pair):
            before()
            calm()
            sample = work()
            if run > 0:
                samples[which].append(sample)
            say(".")
    say("\n")
    return samples


def repeated(runs, work, before=lambda: None):
    samples = []
    for run in range(runs + 1):
        before()
        calm()
        sample = work()
        if run > 0:
            samples.append(sample)
        say(".")
    say("\n")
    return samples


def say(text):
    print(text, end="", file=sys.stderr, flush=True)
