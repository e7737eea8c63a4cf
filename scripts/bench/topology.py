"""Applying a large topology to an empty broker, against the broker's own bulk calls."""

import json
import re

from bulk import KINDS
from lab import Lab, large, without_topology
from tools import Broken, Row, alternated, bare

QUEUES = 1000
TOPICS = 1000
PARTITIONS = 3
EXCHANGE = re.compile(r"      (\S+): \{ type: (\w+) \}")
QUEUE = re.compile(r"      (\S+): \{ bindings: \[\{ exchange: ([^\s,]+)(?:, routing_key: (\S+))? \}\] \}")
TOPIC = re.compile(r"      (\S+): \{ partitions: 3 \}")


def rows(runs):
    yield rabbitmq(runs)
    yield from kafka(runs)
    for kind in KINDS:
        yield bulk(runs, kind)


def bulk(runs, kind):
    with Lab(kind.kind) as lab:
        lab.write("full.yaml", kind.spec(1000))
        lab.write("empty.yaml", kind.spec(0))
        kind.write(lab.folder, 1000)

        def ours():
            return lab.run("apply", "--no-site", "-f", "full.yaml")

        def other():
            sample = kind.apply(lab)
            lab.is_in_sync("full.yaml")
            return sample

        ours_all, bare_all = alternated(runs, ours, other, before=lab.start_over)
        return Row("topology", f"{kind.title}, {kind.objects(1000)}", "mqlab apply --no-site -f full.yaml", ours_all, bound=1.25,
                   bare=bare_all, baseline=kind.baseline)


def definitions(lines):
    """The document that a user of the management API would have written."""
    root = {"vhost": "/"}
    exchanges, queues, bindings = [], [], []
    for line in lines:
        if found := EXCHANGE.fullmatch(line):
            exchanges.append({**root, "name": found[1], "type": found[2], "durable": True, "auto_delete": False,
                              "internal": False, "arguments": {}})
        elif found := QUEUE.fullmatch(line):
            queues.append({**root, "name": found[1], "durable": True, "auto_delete": False,
                           "arguments": {"x-queue-type": "classic"}})
            bindings.append({**root, "source": found[2], "destination": found[1], "destination_type": "queue",
                             "routing_key": found[3] or "", "arguments": {}})
    if (len(exchanges), len(queues)) != (QUEUES // 10, QUEUES):
        raise Broken(f"the large example has {len(exchanges)} exchanges and {len(queues)} queues")
    return {"exchanges": exchanges, "queues": queues, "bindings": bindings}


def rabbitmq(runs):
    lines = large("queues", QUEUES, "volume")
    with Lab("queues") as lab:
        lab.write("full.yaml", lines)
        lab.write("empty.yaml", without_topology(lines))
        document = lab.folder / "definitions.json"
        document.write_text(json.dumps(definitions(lines)))

        def ours():
            return lab.run("apply", "--no-site", "-f", "full.yaml")

        def other():
            sample = bare("rabbitmq-apply", lab.address("jobs", "management"), document, environment=lab.login("jobs"))
            # The same finish line: mqlab finds nothing left to do.
            lab.is_in_sync("full.yaml")
            return sample

        samples = alternated(runs, ours, other, before=lab.start_over)
        name = f"RabbitMQ: {QUEUES:,} queues, {QUEUES:,} bindings, {QUEUES // 10} exchanges"
        return Row("topology", name, "mqlab apply --no-site -f full.yaml", samples[0], bound=1.15, bare=samples[1],
                   baseline="GET, POST, GET /api/definitions")


def kafka(runs):
    lines = large("topics", TOPICS, "volume")
    names = [found[1] for line in lines if (found := TOPIC.fullmatch(line))]
    if len(names) != TOPICS:
        raise Broken(f"the large example has {len(names)} topics")
    with Lab("topics") as lab:
        lab.write("full.yaml", lines)
        lab.write("empty.yaml", without_topology(lines))
        listed = lab.folder / "topics.txt"
        listed.write_text("\n".join(names) + "\n")

        def ours():
            sample = lab.run("apply", "--no-site", "-f", "full.yaml")
            return sample

        def other():
            sample = bare("kafka-apply", lab.address("events", "kafka"), PARTITIONS, listed)
            lab.is_in_sync("full.yaml")
            return sample

        ours_all, bare_all = alternated(runs, ours, other, before=lab.start_over)
        name = f"Kafka: {TOPICS:,} topics × {PARTITIONS}, every partition usable"
        told = bare_all[0].told
        note = "the bare run of these: answered {answered:.2f} s, visible {visible:.2f} s, usable {usable:.2f} s".format(**told)
        yield Row("topology", name, "mqlab apply --no-site -f full.yaml", ours_all, bound=1.25, bare=bare_all, note=note,
                  baseline="Metadata, DescribeConfigs, CreateTopics, ListOffsets until all answer, both reads again")
