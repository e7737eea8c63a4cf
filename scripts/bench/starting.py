"""One broker without topology from nothing to its first answer, and the tour again."""

import io
import json
import os
import shutil
import subprocess
import tarfile

from bulk import KINDS
from lab import Lab, large, socket, without_topology
from tools import ROOT, Row, alternated, bare, calm, measured, quiet

NAME = "bench-bare"
#: Version 2 or later, as a plugin of the docker command or by itself.
COMPOSE = os.environ.get("COMPOSE", "docker compose").split()
#: How each broker is specified, where it is asked and how, and where mqlab puts its files. Those that are administered
#: by HTTP alone are waited for there too: `up` is not done before that.
BROKERS = (
    ("Kafka", "events", "kafka", "wait-kafka", None, lambda: without_topology(large("topics", 10, "volume"))),
    ("RabbitMQ", "jobs", "amqp", "wait-amqp", "/etc/rabbitmq/", lambda: without_topology(large("queues", 10, "volume"))),
    ("ActiveMQ", "legacy", "stomp", "wait-stomp", "/opt/apache-activemq/conf/", lambda: ACTIVEMQ.spec(0)),
    ("Artemis", "art", "core", "wait-stomp", "/var/lib/artemis-instance/etc-override/", lambda: ARTEMIS.spec(0)),
    ("RocketMQ", "trades", "proxy", "wait-grpc", "/etc/mqlab/", lambda: ROCKETMQ.spec(0)),
)
ACTIVEMQ, ARTEMIS, ROCKETMQ = KINDS


CONSOLES = {"legacy": "console", "art": "console"}


def rows(runs):
    for broker in BROKERS:
        yield from one(runs, *broker)
    yield tour(runs)


def one(runs, title, broker, port, wait, files, spec):
    with Lab(f"up-{broker}") as lab:
        lab.write("empty.yaml", spec())
        lab.do("up", "-f", "empty.yaml")
        calm()
        note = f"its containers use {lab.memory(broker):.0f} MiB then"
        address = lab.address(broker, port)
        console = lab.address(broker, CONSOLES[broker]) if broker in CONSOLES else None
        quiet("docker", "network", "create", NAME)
        same = [Same(lab, container, number, files) for number, container in enumerate(lab.containers(broker))]
        lab.down()

        def nothing():
            lab.down()
            for container in same:
                container.remove()

        def ours():
            return lab.run("up", "-f", "empty.yaml")

        def run():
            started = [measured(container.docker_run()) for container in same]
            ready = sum(started[1:], started[0]) + bare(wait, address)
            return ready + bare("wait-http", console) if console else ready

        ours_all, other = alternated(runs, ours, run, before=nothing)
        yield Row("starting", f"{title}: `up` without topology", "mqlab up -f empty.yaml", ours_all, bound=1.0, plus=0.3,
                  bare=other, note=note,
                  baseline="docker run of the same containers, then its protocol asked every 10 ms")
        if has_compose() and len(same) == 1:
            [container] = same
            container.write_compose(address)

            def compose():
                return measured(container.compose("up", "--wait", "--detach"))

            def gone():
                container.compose_down()
                nothing()

            ours_all, other = alternated(runs, ours, compose, before=gone)
            container.compose_down()
            yield Row("starting", f"{title}: `up` against Compose", "mqlab up -f empty.yaml", ours_all, bound=1.0,
                      bare=other, baseline=f"docker compose up --wait ({version()}), the port asked every second by its health check")
        lab.down()
        for container in same:
            container.forget()
        quiet("docker", "network", "rm", NAME)


def unpack(source, copy):
    """A file of a container, with its owner, which `docker cp` to a file leaves out."""
    archive = subprocess.run(["docker", "cp", source, "-"], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        member = members.next()
        if not member.isfile():
            return False
        copy.write_bytes(members.extractfile(member).read())
    copy.chmod(member.mode)
    os.chown(copy, member.uid, member.gid)
    return True


class Same:
    """A container that mqlab made, said in the words of the docker command."""

    def __init__(self, lab, container, number, prefix):
        self.name = f"{NAME}-{number}"
        self.folder = lab.folder
        found = lab.inspect(container)
        config, host = found["Config"], found["HostConfig"]
        of_image = json.loads(quiet("docker", "image", "inspect", found["Image"]))[0]["Config"]
        self.image = config["Image"]
        self.command = [] if config["Cmd"] == of_image["Cmd"] else config["Cmd"] or []
        self.hostname = config["Hostname"]
        [network] = found["NetworkSettings"]["Networks"].values()
        self.aliases = [alias for alias in network["Aliases"] or [] if not found["Id"].startswith(alias)]
        self.env = [line for line in config["Env"] if line not in (of_image["Env"] or [])]
        self.ports = [
            f"{binding['HostIp']}:{binding['HostPort']}:{inside.split('/')[0]}"
            for inside, bindings in host["PortBindings"].items() for binding in bindings
        ]
        self.mounts = [mount["Target"] for mount in host.get("Mounts") or []]
        self.owner = [quiet("docker", "exec", container, "stat", "-c", "%u:%g", path).strip() for path in self.mounts]
        self.limits = [f"{limit['Name']}={limit['Soft']}:{limit['Hard']}" for limit in host.get("Ulimits") or []]
        self.files = self.copied(container, prefix) if prefix else {}

    def copied(self, container, prefix):
        """What mqlab put into it."""
        files = {}
        for line in quiet("docker", "diff", container).splitlines():
            path = line[2:]
            if path.startswith(prefix) and line[0] != "D":
                copy = self.folder / f"{self.name}-{len(files)}"
                if unpack(f"{container}:{path}", copy):
                    files[path] = copy
        return files

    def docker_run(self):
        words = ["docker", "run", "--detach", "--name", self.name, "--hostname", self.hostname, "--network", NAME]
        for alias in self.aliases:
            words += ["--network-alias", alias]
        for line in self.env:
            words += ["--env", line]
        for line in self.ports:
            words += ["--publish", line]
        for path in self.mounts:
            words += ["--mount", f"type=volume,source={self.name}-data,target={path}"]
        for path, copy in self.files.items():
            words += ["--volume", f"{copy}:{path}"]
        for line in self.limits:
            words += ["--ulimit", line]
        return [*words, self.image, *self.command]

    def write_compose(self, address):
        wire = next(line.rsplit(":", 1)[1] for line in self.ports if line.startswith(f"{address}:"))
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
        text = json.dumps({"services": {self.aliases[0]: service}, "volumes": {"data": {}}})
        (self.folder / "compose.yaml").write_text(text.replace("$", "$$"))

    def compose(self, *words):
        return [*COMPOSE, "--project-name", NAME, "--file", self.folder / "compose.yaml", *words]

    def compose_down(self):
        quiet(*self.compose("down", "--volumes"))

    def remove(self):
        """And what the next one finds: a volume that its user may write to, which an image without the folder in it
        does not see to."""
        self.forget()
        for owner in self.owner[:1]:
            quiet("docker", "volume", "create", f"{self.name}-data")
            place = quiet("docker", "volume", "inspect", "--format", "{{.Mountpoint}}", f"{self.name}-data").strip()
            os.chown(place, *map(int, owner.split(":")))

    def forget(self):
        subprocess.run(["docker", "rm", "--force", "--volumes", self.name], capture_output=True)
        subprocess.run(["docker", "volume", "rm", "--force", f"{self.name}-data"], capture_output=True)


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
