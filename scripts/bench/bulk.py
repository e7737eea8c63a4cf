"""The kinds that have no program of their own among the baselines: what a user would send them by hand."""

import json
import struct

from tools import bare


class Bulk:
    """A thousand objects of a broker's main kinds: as a spec, and as the fewest requests that make and read them."""

    #: As in messages, in the spec and as a port of the first node.
    title = broker = port = ""
    #: How much of a count is of which kind.
    shares = {}

    def number(self, kind, count):
        return int(count * self.shares[kind])

    def objects(self, count):
        """`1,000 objects: 500 topics, 500 subscription groups`."""
        numbers = [f"{self.number(kind, count):,} {kind.replace('_', ' ')}" for kind in self.shares]
        return f"{count:,} objects: {', '.join(numbers)}"

    def spec(self, count, storage="volume"):
        """Its lines; none of the objects with a count of 0."""
        head = ["mqlab: 1", "brokers:", f"  {self.broker}:", f"    kind: {self.kind}", f"    storage: {storage}"]
        return head + self.lines(count)

    def section(self, kind, count, line):
        """A key of the spec with what `line` says about each number."""
        number = self.number(kind, count)
        return [f"    {kind}:"] * bool(number) + [f"      {line(at)}" for at in range(number)]

    def write(self, folder, count):
        """Puts the requests into files: those that read, and those that make."""
        self.reading = self.files(folder, "read", self.reads())
        self.making = self.files(folder, "make", self.makes(count))

    def read(self, lab):
        return self.send(lab, self.reading)

    def apply(self, lab):
        """As a careful user would: look, make, look again."""
        return self.send(lab, [*self.reading, *self.making, *self.reading])


class Jolokia(Bulk):
    port, path = "console", ""

    def files(self, folder, name, requests):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(requests))
        return [file]

    def send(self, lab, files):
        return bare("jolokia", lab.address(self.broker, self.port), self.path, *files, environment=lab.login(self.broker))


class ActiveMq(Jolokia):
    kind, title, broker, path = "activemq", "ActiveMQ", "legacy", "/api/jolokia/"
    shares = {"queues": 1 / 2, "topics": 1 / 2}
    baseline = "Jolokia: addQueue and addTopic in one POST, the names"
    bean = "org.apache.activemq:type=Broker,brokerName=legacy-1"

    def lines(self, count):
        queues = self.section("queues", count, lambda at: f"queue.{at:05}: {{}}")
        return queues + self.section("topics", count, lambda at: f"topic.{at:05}: {{}}")

    def reads(self):
        return [{"type": "read", "mbean": f"{self.bean},destinationType={kind},destinationName=*", "attribute": ["Name"]}
                for kind in ("Queue", "Topic")]

    def makes(self, count):
        def add(kind, at):
            return {"type": "exec", "mbean": self.bean, "operation": f"add{kind}", "arguments": [f"{kind.lower()}.{at:05}"]}

        queues = [add("Queue", at) for at in range(self.number("queues", count))]
        return queues + [add("Topic", at) for at in range(self.number("topics", count))]

    def apply(self, lab):
        # A pattern that no bean fits is answered with 404: on an empty broker there is nothing to look at.
        return self.send(lab, [*self.making, *self.reading])


class Artemis(Jolokia):
    kind, title, broker, path = "artemis", "Artemis", "art", "/console/jolokia"
    #: An anycast address has a queue of its name.
    shares = {"addresses": 2 / 5, "queues": 2 / 5, "diverts": 1 / 5}
    baseline = "Jolokia: addresses and queues, everything created in one POST, addresses, queues and diverts"
    bean = 'org.apache.activemq.artemis:broker="art"'

    def lines(self, count):
        addresses = self.section("addresses", count, lambda at: f"address.{at:05}: {{ routing: anycast }}")
        divert = "divert.{0:05}: {{ address: address.{0:05}, forward_to: address.{1:05} }}"
        return addresses + self.section("diverts", count, lambda at: divert.format(at, at + 1))

    def reads(self):
        def read(below, *attributes):
            return {"type": "read", "mbean": f"{self.bean},component=addresses,address=*{below}", "attribute": attributes}

        return [read("", "Address", "RoutingTypes"),
                read(",subcomponent=queues,routing-type=*,queue=*", "Name", "Address", "RoutingType", "Durable", "Filter"),
                read(",subcomponent=diverts,divert=*", "UniqueName", "Address", "ForwardingAddress", "Exclusive", "Filter")]

    def makes(self, count):
        def execute(operation, *arguments):
            return {"type": "exec", "mbean": self.bean, "operation": operation, "arguments": arguments}

        names = [f"address.{at:05}" for at in range(self.number("addresses", count))]
        queues = [{"name": name, "address": name, "routing-type": "ANYCAST", "durable": True} for name in names]
        diverts = [{"name": f"divert.{at:05}", "address": names[at], "forwarding-address": names[at + 1], "exclusive": False,
                    "routing-type": "STRIP"} for at in range(self.number("diverts", count))]
        return [*(execute("createAddress(java.lang.String,java.lang.String)", name, "ANYCAST") for name in names),
                *(execute("createQueue(java.lang.String)", json.dumps(queue)) for queue in queues),
                *(execute("createDivert(java.lang.String)", json.dumps(divert)) for divert in diverts)]

    def write(self, folder, count):
        super().write(folder, count)
        self.looking = self.files(folder, "look", self.reads()[:2])

    def apply(self, lab):
        # As with ActiveMQ: no divert is there yet.
        return self.send(lab, [*self.looking, *self.making, *self.reading])


class RocketMq(Bulk):
    kind, title, broker, port = "rocketmq", "RocketMQ", "trades", "broker"
    shares = {"topics": 1 / 2, "subscription_groups": 1 / 2}
    baseline = "remoting: all topics and groups, a list of each, the routes until all are there, all topics and groups"

    def lines(self, count):
        topics = self.section("topics", count, lambda at: f"topic-{at:05}: {{ queues: 4 }}")
        return topics + self.section("subscription_groups", count, lambda at: f"group-{at:05}: {{ retry_max: 5 }}")

    def reads(self):
        return [(21, None), (201, None)]

    def makes(self, count):
        topic = {"readQueueNums": 4, "writeQueueNums": 4, "perm": 6, "topicFilterType": "SINGLE_TAG", "topicSysFlag": 0,
                 "order": False, "attributes": {"+message.type": "NORMAL"}}
        topics = [{**topic, "topicName": name} for name in self.topic_names(count)]
        groups = [{"groupName": f"group-{at:05}", "retryMaxTimes": 5} for at in range(self.number("subscription_groups", count))]
        return [(18, {"topicConfigList": topics}), (225, {"groupConfigList": groups})]

    def topic_names(self, count):
        return [f"topic-{at:05}" for at in range(self.number("topics", count))]

    def write(self, folder, count):
        super().write(folder, count)
        self.asking = self.files(folder, "routes", [(206, None)])
        self.topics = folder / "topics.txt"
        self.topics.write_text("".join(f"{name}\n" for name in self.topic_names(count)))

    def apply(self, lab):
        """A topic that a name server does not know is of no use to a client."""
        made = self.send(lab, [*self.reading, *self.making])
        routed = bare("remoting-routes", lab.address(self.broker, "namesrv"), *self.asking, self.topics)
        return made + routed + self.read(lab)

    def files(self, folder, name, requests):
        paths = []
        for number, (code, body) in enumerate(requests):
            header = json.dumps({"code": code, "language": "OTHER", "version": 0, "opaque": number + 1, "flag": 0}).encode()
            body = b"" if body is None else json.dumps(body).encode()
            paths.append(folder / f"{name}-{number}.frame")
            paths[-1].write_bytes(struct.pack(">ii", 4 + len(header) + len(body), len(header)) + header + body)
        return paths

    def send(self, lab, files):
        return bare("remoting", lab.address(self.broker, self.port), *files)


KINDS = (ActiveMq(), Artemis(), RocketMq())
