"""One broker without topology from nothing to its first answer, and the tour again."""

import io
import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from lab import Lab, large, socket, without_topology
from tools import ROOT, Row, alternated, bare, measured, quiet

NAME = "bench-bare"
#: Version 2 or later, as a plugin of the docker command or by itself.
COMPOSE = os.environ.get("COMPOSE", "docker compose").split()
BROKERS = (
    ("topics", "Kafka", "events", "kafka", "wait-kafka"),
    ("queues", "RabbitMQ", "jobs", "amqp", "wait-amqp"),
)


def rows(runs):
    for kind, title, broker, port, wait in BROKERS:
        yield from one(runs, kind, title, broker, port, wait)
    yield tour(runs)


def one(runs, kind, title, broker, port, wait):
    lines = without_topology(large(kind, 10, "volume"))
    with Lab(f"up-{broker}") as lab:
        lab.write("empty.yaml", lines)
        lab.do("up", "-f", "empty.yaml")
        same = Same(lab, broker, port)
        lab.down()

        def nothing():
            lab.down()
            same.remove()

        def ours():
            return lab.run("up", "-f", "empty.yaml")

        def run():
            return measured(same.docker_run()) + bare(wait, same.address)

        ours_all, other = alternated(runs, ours, run, before=nothing)
        yield Row("starting", f"{title}: `up` without topology", "mqlab up -f empty.yaml", ours_all, bound=1.0, plus=0.3,
                  bare=other, baseline="docker run of the same container, then its protocol asked every 10 ms")
        if has_compose():
            same.write_compose()

            def compose():
                return measured(same.compose("up", "--wait", "--detach"))

            def gone():
                same.compose_down()
                nothing()

            ours_all, other = alternated(runs, ours, compose, before=gone)
            same.compose_down()
            yield Row("starting", f"{title}: `up` against Compose", "mqlab up -f empty.yaml", ours_all, bound=1.0,
                      bare=other, baseline=f"docker compose up --wait ({version()}), the port asked every second by its health check")
        nothing()
        quiet("docker", "network", "rm", NAME)


def unpack(source, copy):
    """A file of a container, with its owner, which `docker cp` to a file leaves out."""
    archive = subprocess.run(["docker", "cp", source, "-"], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        member = members.next()
        copy.write_bytes(members.extractfile(member).read())
    copy.chmod(member.mode)
    os.chown(copy, member.uid, member.gid)


class Same:
    """The container that mqlab made, said in the words of the docker command."""

    def __init__(self, lab, broker, port):
        self.address = lab.address(broker, port)
        self.folder = lab.folder
        found = lab.inspect(broker)
        config, host = found["Config"], found["HostConfig"]
        of_image = json.loads(quiet("docker", "image", "inspect", found["Image"]))[0]["Config"]["Env"] or []
        self.broker = broker
        self.image = config["Image"]
        self.hostname = config["Hostname"]
        self.env = [line for line in config["Env"] if line not in of_image]
        self.ports = [
            f"{binding['HostIp']}:{binding['HostPort']}:{inside.split('/')[0]}"
            for inside, bindings in host["PortBindings"].items() for binding in bindings
        ]
        self.mounts = [mount["Target"] for mount in host["Mounts"] or []]
        self.limits = [f"{limit['Name']}={limit['Soft']}:{limit['Hard']}" for limit in host["Ulimits"] or []]
        self.files = self.copied(lab.container(broker))
        quiet("docker", "network", "create", NAME)

    def copied(self, container):
        """What mqlab put into it."""
        files = {}
        for line in quiet("docker", "diff", container).splitlines():
            path = line[2:]
            if path.startswith("/etc/rabbitmq/") and Path(path).suffix in (".conf", "") and path != "/etc/rabbitmq/conf.d":
                copy = self.folder / f"file-{len(files)}"
                unpack(f"{container}:{path}", copy)
                files[path] = copy
        return files

    def docker_run(self):
        words = ["docker", "run", "--detach", "--name", NAME, "--hostname", self.hostname, "--network", NAME,
                 "--network-alias", self.broker]
        for line in self.env:
            words += ["--env", line]
        for line in self.ports:
            words += ["--publish", line]
        for path in self.mounts:
            words += ["--mount", f"type=volume,source={NAME}-data,target={path}"]
        for path, copy in self.files.items():
            words += ["--volume", f"{copy}:{path}"]
        for line in self.limits:
            words += ["--ulimit", line]
        return [*words, self.image]

    def write_compose(self):
        ports = {line.rsplit(":", 1)[1] for line in self.ports}
        wire = "9092" if "9092" in ports else "5672"
        service = {
            "image": self.image,
            "hostname": self.hostname,
            "environment": self.env,
            "ports": self.ports,
            "volumes": [f"data:{path}" for path in self.mounts]
            + [f"{copy}:{path}" for path, copy in self.files.items()],
            "healthcheck": {"test": ["CMD", "bash", "-c", f"</dev/tcp/127.0.0.1/{wire}"], "interval": "1s",
                            "timeout": "5s", "retries": 120},
        }
        # JSON is YAML.
        text = json.dumps({"services": {self.broker: service}, "volumes": {"data": {}}})
        (self.folder / "compose.yaml").write_text(text.replace("$", "$$"))

    def compose(self, *words):
        return [*COMPOSE, "--project-name", NAME, "--file", self.folder / "compose.yaml", *words]

    def compose_down(self):
        quiet(*self.compose("down", "--volumes"))

    def remove(self):
        subprocess.run(["docker", "rm", "--force", "--volumes", NAME], capture_output=True)
        subprocess.run(["docker", "volume", "rm", "--force", f"{NAME}-data"], capture_output=True)


def has_compose():
    try:
        return subprocess.run([*COMPOSE, "version"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def version():
    return quiet(*COMPOSE, "version", "--short").strip()


def tour(runs):
    with Lab("tour") as lab:
        shutil.copy(ROOT / "examples" / "tour.yaml", lab.folder / "tour.yaml")
        lab.do("up", "-f", "tour.yaml")
        lab.is_in_sync("tour.yaml")
        login = lab.login("jobs")
        kafka, rabbitmq = lab.address("events", "kafka"), lab.address("jobs", "management")

        def read():
            engine = bare("engine-read", socket())
            return engine + bare("kafka-read", kafka) + bare("rabbitmq-read", rabbitmq, environment=login)

        ours, other = alternated(runs, lambda: lab.run("up", "-f", "tour.yaml"), read)
        return Row("starting", "the tour: a second `up`", "mqlab up -f tour.yaml", ours, bound=1.0, plus=0.3, bare=other,
                   baseline="the engine's lists, Metadata, DescribeConfigs, GET /api/definitions")
