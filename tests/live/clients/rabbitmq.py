#!/usr/bin/python3
"""RabbitMQ by clients that are not ours: pika for AMQP 0-9-1, and the stream protocol by hand.

Usage: rabbitmq.py amqp URL QUEUE BODY                 sends a message through the default exchange and takes it
       rabbitmq.py stream HOST PORT USER PASSWORD STREAM BODY      writes one and reads it back

Prints what came.
"""

import socket
import struct
import sys

PATIENCE = 20


def amqp(url, queue, body):
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("", queue, body.encode(), pika.BasicProperties(delivery_mode=2), mandatory=True)
    for method, _, found in channel.consume(queue, inactivity_timeout=PATIENCE):
        if method is None:
            sys.exit("nothing came")
        channel.basic_ack(method.delivery_tag)
        print(found.decode())
        break
    connection.close()


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


if __name__ == "__main__":
    way, *rest = sys.argv[1:]
    if way == "amqp":
        amqp(*rest)
    else:
        *where, name, body = rest
        print(Stream(*where).through(name, body))
