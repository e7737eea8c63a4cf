#!/usr/bin/python3
"""RabbitMQ by clients that are not ours: pika, Qpid Proton, stomp.py, paho, and three protocols by hand.

Usage: rabbitmq.py WAY HOST PORT USER PASSWORD QUEUE BODY

WAY is amqp, amqp1, stomp, stomp_by_hand, web_stomp, mqtt or stream. Sends a message and takes it, and prints what came.
With mqtt the queue is a topic; with stream it is a stream, where the last message is read.
"""

import socket
import struct
import sys
import threading

import stomp_by_hand as by_hand

PATIENCE = 20


def amqp(host, port, user, password, queue, body):
    import pika

    login = pika.PlainCredentials(user, password)
    connection = pika.BlockingConnection(pika.ConnectionParameters(host, int(port), credentials=login))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("", queue, body.encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)
    for method, _, found in channel.consume(queue, inactivity_timeout=PATIENCE):
        if method is None:
            sys.exit("nothing came")
        channel.basic_ack(method.delivery_tag)
        connection.close()
        return found.decode()
    return "nothing came"


def amqp1(host, port, user, password, queue, body):
    from proton import Message
    from proton.utils import BlockingConnection

    url = f"amqp://{host}:{port}"
    connection = BlockingConnection(url, user=user, password=password, allowed_mechs="PLAIN", timeout=PATIENCE)
    address = f"/queues/{queue}"
    connection.create_sender(address).send(Message(body=body, durable=True))
    receiver = connection.create_receiver(address)
    found = receiver.receive(PATIENCE).body
    receiver.accept()
    connection.close()
    return found


def stomp(host, port, user, password, queue, body):
    import stomp

    class Heard(stomp.ConnectionListener):
        def __init__(self):
            self.bodies, self.came = [], threading.Event()

        def on_message(self, frame):
            self.bodies.append(frame.body)
            self.came.set()

        def on_error(self, frame):
            self.bodies.append(f"error: {frame.body}")
            self.came.set()

    connection, heard = stomp.Connection12([(host, int(port))], vhost="/"), Heard()
    connection.set_listener("", heard)
    connection.connect(user, password, wait=True)
    connection.subscribe(f"/amq/queue/{queue}", id="1", ack="auto")
    connection.send(f"/amq/queue/{queue}", body)
    heard.came.wait(PATIENCE)
    connection.disconnect()
    return "".join(heard.bodies)


def frames(user, password, queue, body):
    """The login, and what comes after it."""
    login = f"CONNECT\naccept-version:1.2\nhost:/\nlogin:{user}\npasscode:{password}\nheart-beat:0,0\n\n\0"
    subscribe = f"SUBSCRIBE\nid:1\ndestination:/amq/queue/{queue}\nack:auto\n\n\0"
    send = f"SEND\ndestination:/amq/queue/{queue}\n\n{body}\0"
    return login, [subscribe, send]


def stomp_by_hand(host, port, user, password, queue, body):
    return by_hand.over_tcp(host, port, *frames(user, password, queue, body))


def web_stomp(host, port, user, password, queue, body):
    return by_hand.over_ws(f"ws://{host}:{port}/ws", *frames(user, password, queue, body))


def mqtt(host, port, user, password, topic, body):
    import paho.mqtt.client as paho

    came, subscribed, bodies = threading.Event(), threading.Event(), []
    client = paho.Client(client_id="mqlab-test")
    client.username_pw_set(user, password)
    client.on_connect = lambda *_: client.subscribe(topic, 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _data, message: (bodies.append(message.payload.decode()), came.set())
    client.connect(host, int(port))
    client.loop_start()
    assert subscribed.wait(PATIENCE), "not subscribed"
    client.publish(topic, body, 1)
    assert came.wait(PATIENCE), "nothing came"
    client.disconnect()
    return bodies[0]


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


class Stream:
    """github.com/rabbitmq/rabbitmq-server, deps/rabbitmq_stream/docs/PROTOCOL.adoc: keys and layouts."""

    def __init__(self, host, port, user, password):
        self.socket = socket.create_connection((host, int(port)), PATIENCE)
        self.socket.settimeout(PATIENCE)
        self.number = 0
        self.ask(0x11, struct.pack(">i", 0))
        self.ask(0x12, b"")
        login = f"\0{user}\0{password}".encode()
        self.ask(0x13, text("PLAIN") + struct.pack(">i", len(login)) + login)
        self.tell(0x14, self.until(0x14))
        self.ask(0x15, text("/"))

    def tell(self, key, body):
        frame = struct.pack(">HH", key, 1) + body
        self.socket.sendall(struct.pack(">I", len(frame)) + frame)

    def ask(self, key, body):
        self.number += 1
        self.tell(key, struct.pack(">I", self.number) + body)
        answer = self.until(0x8000 | key)
        number, code = struct.unpack(">IH", answer[:6])
        if (number, code) != (self.number, 1):
            sys.exit(f"request {key:#x}: code {code:#x}")

    def until(self, key):
        """The next frame with this key; others are none of our business."""
        while True:
            size = struct.unpack(">I", self.read(4))[0]
            frame = self.read(size)
            if struct.unpack(">H", frame[:2])[0] == key:
                return frame[4:]

    def read(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                sys.exit("the broker closed the connection")
            data += part
        return data

    def through(self, name, body):
        self.ask(0x01, struct.pack(">B", 1) + text("") + text(name))
        message = body.encode()
        self.tell(0x02, struct.pack(">BiQi", 1, 1, 1, len(message)) + message)
        self.until(0x03)
        # From the last chunk on, with credit for one.
        self.ask(0x07, struct.pack(">B", 1) + text(name) + struct.pack(">HH", 2, 10) + struct.pack(">i", 0))
        chunk = self.until(0x08)[1:]
        entry = chunk[48:]
        size = struct.unpack(">I", entry[:4])[0]
        return entry[4:4 + size].decode()


def stream(host, port, user, password, name, body):
    return Stream(host, port, user, password).through(name, body)


if __name__ == "__main__":
    way, *rest = sys.argv[1:]
    print(globals()[way](*rest))
