"""A stack of the benchmark's own, driven through the command."""

import json
import os

from tools import MQLAB, ROOT, WORK, Broken, discard, measured, quiet


def large(kind, count, storage):
    """A large spec, as its lines."""
    return quiet(ROOT / "scripts" / "large-example", kind, count, storage).splitlines()


def socket():
    """Of the engine that the docker command uses too."""
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


def without_topology(lines):
    """The same broker with nothing in it."""
    first = next(at for at, line in enumerate(lines) if line.strip() in ("topics:", "exchanges:"))
    return lines[:first]


class Lab:
    """One folder with specs, one stack of one name."""

    def __init__(self, name, engine=True):
        self.stack = f"bench-{name}"
        self.engine = engine
        self.folder = WORK / name
        self.remove_folder()
        self.folder.mkdir(parents=True)

    def __enter__(self):
        self.down()
        return self

    def __exit__(self, *_error):
        self.down()
        self.remove_folder()

    def remove_folder(self):
        discard(self.folder)

    def write(self, name, lines):
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def command(self, verb, *words):
        return [MQLAB, *verb.split(), "--stack", self.stack, *words]

    def run(self, verb, *words, code=0):
        """Measured."""
        return measured(self.command(verb, *words), cwd=self.folder, code=code)

    def do(self, verb, *words):
        """Not measured."""
        return quiet(*self.command(verb, *words), cwd=self.folder)

    def start_over(self):
        """A new broker with nothing in it, by the lab's `empty.yaml`."""
        self.down()
        discard(self.folder / "mqlab-site")
        self.do("up", "-f", "empty.yaml")

    def down(self):
        if self.engine:
            quiet(MQLAB, "down", "--stack", self.stack, "--volumes", "--yes", cwd=self.folder)

    def container(self, broker):
        return f"{self.stack}-{broker}-1"

    def containers(self, broker):
        """All of a broker, by name."""
        labels = [f"label=dev.mqlab.stack={self.stack}", f"label=dev.mqlab.broker={broker}"]
        filters = [word for label in labels for word in ("--filter", label)]
        return sorted(quiet("docker", "ps", "--format", "{{.Names}}", *filters).split())

    def inspect(self, container):
        return json.loads(quiet("docker", "inspect", container))[0]

    def address(self, broker, port):
        """Of the first container that publishes it."""
        for container in self.containers(broker):
            ports = json.loads(self.inspect(container)["Config"]["Labels"]["dev.mqlab.ports"])
            if port in ports:
                return f"127.0.0.1:{ports[port]}"
        raise Broken(f"{broker} publishes no {port}")

    def memory(self, broker):
        """MiB that its containers use now."""
        told = quiet("docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", *self.containers(broker)).splitlines()
        units = {"KiB": 1 / 1024, "MiB": 1, "GiB": 1024}
        sizes = (line.split(" / ")[0] for line in told)
        return sum(float(size[:-3]) * units[size[-3:]] for size in sizes)

    def login(self, broker):
        """For the baseline, from what mqlab keeps for itself."""
        secrets = json.loads((self.folder / ".mqlab" / self.stack / "secrets.json").read_text())
        return {"BARE_USER": "mqlab", "BARE_PASSWORD": secrets[broker]["admin_password"]}

    def is_in_sync(self, spec):
        """The plan is empty: what was to be measured did happen."""
        planned = json.loads(self.do("plan", "-f", spec, "--format", "json"))
        steps = [step for plan in planned["plans"] for step in plan["steps"]]
        if steps:
            raise Broken(f"{self.stack}: {len(steps)} steps are left, the first is {steps[0]}")

