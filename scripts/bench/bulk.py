"""The kinds that have no program of their own among the baselines: what a user would send them by hand."""

import json
import struct

from tools import bare


class Bulk:
    """A thousand objects of one kind: as a spec, and as the fewest requests that make and read them."""

    #: As in messages, in the spec and as a port of the first node.
    title = broker = port = ""
    #: What a file has so many of.
    objects = ""

    def spec(self, count, storage="volume"):
        """Its lines; none of the objects with a count of 0."""
        head = ["mqlab: 1", "brokers:", f"  {self.broker}:", f"    kind: {self.kind}", f"    storage: {storage}"]
        return head + self.lines(count)

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
    objects, baseline = "queues", "Jolokia: addQueue in one POST, the names"
    bean = "org.apache.activemq:type=Broker,brokerName=legacy-1"

    def lines(self, count):
        return ["    queues:"] * bool(count) + [f"      queue.{at:05}: {{}}" for at in range(count)]

    def reads(self):
        names = f"{self.bean},destinationType=Queue,destinationName=*"
        return [{"type": "read", "mbean": names, "attribute": ["Name"]}]

    def makes(self, count):
        return [{"type": "exec", "mbean": self.bean, "operation": "addQueue", "arguments": [f"queue.{at:05}"]}
                for at in range(count)]

    def apply(self, lab):
        # A pattern that no bean fits is answered with 404: on an empty broker there is nothing to look at.
        return self.send(lab, [*self.making, *self.reading])


class Artemis(Jolokia):
    kind, title, broker, path = "artemis", "Artemis", "art", "/console/jolokia"
    objects = "addresses with their queue"
    baseline = "Jolokia: addresses and queues, both created in one POST, addresses and queues"
    bean = 'org.apache.activemq.artemis:broker="art"'

    def lines(self, count):
        return ["    addresses:"] * bool(count) + [f"      address.{at:05}: {{ routing: anycast }}" for at in range(count)]

    def reads(self):
        queues = ",component=addresses,address=*,subcomponent=queues,routing-type=*,queue=*"
        return [{"type": "read", "mbean": f"{self.bean},component=addresses,address=*", "attribute": ["Address", "RoutingTypes"]},
                {"type": "read", "mbean": f"{self.bean}{queues}", "attribute": ["Name", "Address", "RoutingType", "Durable", "Filter"]}]

    def makes(self, count):
        def execute(operation, *arguments):
            return {"type": "exec", "mbean": self.bean, "operation": operation, "arguments": arguments}

        names = [f"address.{at:05}" for at in range(count)]
        queues = [{"name": name, "address": name, "routing-type": "ANYCAST", "durable": True} for name in names]
        return [execute("createAddress(java.lang.String,java.lang.String)", name, "ANYCAST") for name in names] + [
            execute("createQueue(java.lang.String)", json.dumps(queue)) for queue in queues]


class RocketMq(Bulk):
    kind, title, broker, port = "rocketmq", "RocketMQ", "trades", "broker"
    objects = "topics"
    baseline = "remoting: all topics and groups, one list of topics, the routes until all are there, all topics and groups"

    def lines(self, count):
        return ["    topics:"] * bool(count) + [f"      topic-{at:05}: {{ queues: 4 }}" for at in range(count)]

    def reads(self):
        return [(21, None), (201, None)]

    def makes(self, count):
        topic = {"readQueueNums": 4, "writeQueueNums": 4, "perm": 6, "topicFilterType": "SINGLE_TAG", "topicSysFlag": 0,
                 "order": False, "attributes": {"+message.type": "NORMAL"}}
        return [(18, {"topicConfigList": [{**topic, "topicName": f"topic-{at:05}"} for at in range(count)]})]

    def write(self, folder, count):
        super().write(folder, count)
        self.asking = self.files(folder, "routes", [(206, None)])
        self.topics = folder / "topics.txt"
        self.topics.write_text("".join(f"topic-{at:05}\n" for at in range(count)))

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
