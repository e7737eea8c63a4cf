"""What needs no broker: reading a spec, refusing one, writing the site."""

from lab import Lab, large
from tools import MQLAB, Broken, Row, discard, measured, output, repeated

LINES = 10_000
HUGE = 100 * 1024 * 1024
DEPTH = 10_000


def rows(runs):
    with Lab("reading", engine=False) as lab:
        yield check(lab, runs)
        yield from refusals(lab, runs)
        for kind, count, what in (("topics", 1000, "1,000 topics"), ("queues", 476, "476 queues, 476 bindings, 47 exchanges")):
            yield from site(lab, runs, kind, count, what)
        # Half a gigabyte of pages each time.
        runs = min(runs, 3)
        for kind, count, what in (("topics", 10_000, "10,000 topics"), ("queues", 4762, "4,762 queues, 4,762 bindings, 476 exchanges")):
            yield from site(lab, runs, kind, count, what, seconds=20.0, memory=1024)


def check(lab, runs):
    lab.write("lines.yaml", large("lines", LINES, "volume"))
    command = [MQLAB, "check", "-f", "lines.yaml"]
    ours = repeated(runs, lambda: measured(command, cwd=lab.folder))
    return Row("reading", f"`check` of {LINES:,} lines", "mqlab check -f lines.yaml", ours, plus=0.1)


def refusals(lab, runs):
    made = {
        "a file of 100 MB": ("huge.yaml", huge),
        f"a file nested {DEPTH:,} levels deep": ("deep.yaml", deep),
        "an alias bomb": ("bomb.yaml", bomb),
    }
    for what, (name, make) in made.items():
        make(lab.folder / name)
        command = [MQLAB, "check", "-f", name]

        def refused():
            sample = measured(command, cwd=lab.folder, code=2)
            if output():
                raise Broken(f"{name} was read")
            return sample

        ours = repeated(runs, refused)
        yield Row("reading", f"refusing {what}", f"mqlab check -f {name}", ours, plus=1.0)
        (lab.folder / name).unlink()


def huge(path):
    """A real one, of topics."""
    head = "mqlab: 1\nstack: huge\nbrokers:\n  events:\n    kind: kafka\n    topics:\n"
    with open(path, "w") as file:
        written = file.write(head)
        number = 0
        while written < HUGE:
            written += file.write("".join(f"      topic.{number + more:08}: {{ partitions: 3 }}\n" for more in range(10_000)))
            number += 10_000


def deep(path):
    path.write_text("mqlab: 1\nbrokers: " + "[" * DEPTH + "]" * DEPTH + "\n")


def bomb(path):
    lines = ["mqlab: 1", "x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"x-{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 10)]
    path.write_text("\n".join([*lines, "brokers: *a9"]) + "\n")


def site(lab, runs, kind, count, what, seconds=2.0, memory=0):
    lab.write("site.yaml", large(kind, count, "volume"))
    folder = lab.folder / "mqlab-site"
    command = [MQLAB, "site", "build", "-f", "site.yaml"]

    def build():
        return measured(command, cwd=lab.folder)

    ours = repeated(runs, build, before=lambda: discard(folder))
    sizes = [page.stat().st_size for page in folder.rglob("*.html")]
    note = f"{len(sizes):,} pages, the largest of {max(sizes) / 1024:.0f} KiB"
    command_line = "mqlab site build -f site.yaml"
    yield Row("reading", f"the site of {what}", command_line, ours, plus=seconds, memory=memory, note=note)
    again = repeated(runs, build)
    yield Row("reading", "the same again, nothing changed", command_line, again, plus=seconds, memory=memory)
    discard(folder)
