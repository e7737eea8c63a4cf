"""A plan with nothing to do, against the bare read of what it compares."""

from bulk import KINDS
from lab import Lab, large, socket
from tools import Row, alternated, bare


def rows(runs):
    for kind, count, what in (
        ("queues", 476, "RabbitMQ, 999 objects: 476 queues, 476 bindings, 47 exchanges"),
        ("queues", 4762, "RabbitMQ, 10,000 objects: 4,762 queues, 4,762 bindings, 476 exchanges"),
        ("topics", 1000, "Kafka, 1,000 topics of 3 partitions"),
        ("topics", 10_000, "Kafka, 10,000 topics of 1 partition"),
    ):
        yield from unchanged(runs, kind, count, what)
    for kind in KINDS:
        for count in (1000, 10_000):
            yield from unchanged_bulk(runs, kind, count)


def unchanged_bulk(runs, kind, count):
    with Lab(kind.kind) as lab:
        lab.write("full.yaml", kind.spec(count, "memory"))
        kind.write(lab.folder, count)
        lab.do("up", "-f", "full.yaml", "--quiet")
        lab.is_in_sync("full.yaml")

        def read():
            return bare("engine-read", socket()) + kind.read(lab)

        baseline = "GET /containers/json /networks /volumes, then the same objects read once"
        ours, other = alternated(runs, lambda: lab.run("plan", "-f", "full.yaml"), read)
        yield Row("observing", f"{kind.title}, {kind.objects(count)}", "mqlab plan -f full.yaml", ours, bound=1.25, bare=other,
                  baseline=baseline)


def unchanged(runs, kind, count, what):
    lines = large(kind, count, "memory")
    if kind == "topics":
        # mqlab asks only about what the file mentions, so that each topic has to have something of its own.
        partitions = 1 if count > 1000 else 3
        own = f"partitions: {partitions}, config: {{ retention.ms: 7d }} }}"
        lines = [line.replace("partitions: 3 }", own) for line in lines]
    broker, port = ("events", "kafka") if kind == "topics" else ("jobs", "management")
    with Lab("observing") as lab:
        lab.write("full.yaml", lines)
        lab.do("up", "-f", "full.yaml", "--quiet")
        address = lab.address(broker, port)

        def read():
            engine = bare("engine-read", socket())
            if kind == "topics":
                return engine + bare("kafka-read", address)
            return engine + bare("rabbitmq-read", address, environment=lab.login(broker))

        baseline = "GET /containers/json /networks /volumes, then "
        baseline += "Metadata, DescribeConfigs" if kind == "topics" else "GET /api/definitions"
        lab.is_in_sync("full.yaml")
        ours, other = alternated(runs, lambda: lab.run("plan", "-f", "full.yaml"), read)
        yield Row("observing", what, "mqlab plan -f full.yaml", ours, bound=1.5, bare=other, baseline=baseline)
        ours, other = alternated(runs, lambda: lab.run("up", "-f", "full.yaml"), read)
        yield Row("observing", f"{what.split(':')[0]}: `up` with nothing to do", "mqlab up -f full.yaml", ours,
                  bound=1.0, plus=0.3, bare=other, baseline=baseline)
