#!/usr/bin/python3
"""ActiveMQ by clients that are not ours: stomp.py, paho, Qpid Proton, and STOMP by hand.

Usage: activemq.py VERB URL USER PASSWORD ARGUMENT...

    login                         in, or what the broker says
    send DESTINATION BODY [JSON]  sent, or what the broker says; the JSON is further headers
    take DESTINATION COUNT        the bodies, one a line, once COUNT are there or nothing comes for five seconds
    reject DESTINATION DEAD       gives up everything, and prints how often it came until it was among the dead
    hold DESTINATION COUNT        the bodies as well, and leaves without having taken one
    durable TOPIC CLIENT NAME     makes a durable subscription
    through WAY DESTINATION       sends a message and takes it; its body is the way: stomp, stomp_by_hand,
                                  stomp_over_ws, mqtt, mqtt_over_ws or amqp
"""

import json
import sys
import threading
import time
from urllib.parse import urlparse

import stomp_by_hand as by_hand

PATIENCE = 5


class Listener:
    """What a broker sends over STOMP."""

    def __init__(self):
        self.messages, self.errors, self.news = [], [], threading.Event()

    def on_message(self, frame):
        self.messages.append(frame)
        self.news.set()

    def on_error(self, frame):
        self.errors.append(frame.headers.get("message") or frame.body)
        self.news.set()

    def wait(self, count):
        """Until so many are there, an error is, or nothing has come for a while."""
        last = time.time()
        seen = 0
        while len(self.messages) < count and not self.errors and time.time() - last < PATIENCE:
            self.news.wait(0.1)
            self.news.clear()
            if len(self.messages) > seen:
                seen, last = len(self.messages), time.time()


def connect(url, user, password, client=None):
    import stomp

    class Heard(Listener, stomp.ConnectionListener):
        pass

    place = urlparse(url)
    connection = stomp.Connection12([(place.hostname, place.port)], reconnect_attempts_max=1)
    listener = Heard()
    connection.set_listener("", listener)
    connection.connect(user, password, wait=True, headers={"client-id": client} if client else {})
    return connection, listener


def login(url, user, password):
    import stomp

    try:
        connect(url, user, password)[0].disconnect()
    except stomp.exception.ConnectFailedException:
        return "refused"
    return "in"


def send(url, user, password, destination, body, headers="{}"):
    connection, listener = connect(url, user, password)
    receipt = threading.Event()
    listener.on_receipt = lambda frame: (receipt.set(), listener.news.set())
    headers = {"persistent": "true", "receipt": "1", **json.loads(headers)}
    connection.send(destination, body, headers=headers)
    end = time.time() + PATIENCE
    while not receipt.is_set() and not listener.errors and time.time() < end:
        listener.news.wait(0.1)
        listener.news.clear()
    return listener.errors[0] if listener.errors else "sent" if receipt.is_set() else "no receipt"


def take(url, user, password, destination, count):
    connection, listener = connect(url, user, password)
    connection.subscribe(destination, id="1", ack="auto")
    listener.wait(int(count))
    return "\n".join(listener.errors + [frame.body for frame in listener.messages])


def hold(url, user, password, destination, count):
    connection, listener = connect(url, user, password)
    connection.subscribe(destination, id="1", ack="client-individual")
    listener.wait(int(count))
    connection.disconnect()
    return "\n".join(listener.errors + [frame.body for frame in listener.messages])


def reject(url, user, password, destination, dead):
    connection, listener = connect(url, user, password)
    connection.subscribe(dead, id="dead", ack="auto")
    connection.subscribe(destination, id="1", ack="client-individual")
    deliveries = 0
    end = time.time() + 4 * PATIENCE
    while time.time() < end and not listener.errors:
        listener.news.wait(0.1)
        listener.news.clear()
        for frame in [listener.messages.pop(0) for _ in range(len(listener.messages))]:
            if frame.headers["subscription"] == "dead":
                return deliveries
            connection.nack(frame.headers["ack"])
            deliveries += 1
    return "\n".join(listener.errors) or f"{deliveries} and no dead letter"


def durable(url, user, password, topic, client, name):
    connection, listener = connect(url, user, password, client)
    headers = {"activemq.subscriptionName": name, "receipt": "1"}
    subscribed = threading.Event()
    listener.on_receipt = lambda frame: subscribed.set()
    connection.subscribe(topic, id="1", headers=headers)
    assert subscribed.wait(PATIENCE), listener.errors
    connection.disconnect()
    return "subscribed"


def stomp(url, user, password, name, body):
    assert send(url, user, password, f"/queue/{name}", body) == "sent"
    return take(url, user, password, f"/queue/{name}", 1)


def frames(user, password, name, body):
    """The login, and what comes after it."""
    login = f"CONNECT\naccept-version:1.2\nhost:x\nlogin:{user}\npasscode:{password}\n\n\0"
    destination = f"destination:/queue/{name}"
    return login, [f"SEND\n{destination}\n\n{body}\0", f"SUBSCRIBE\nid:1\n{destination}\n\n\0"]


def stomp_by_hand(url, user, password, name, body):
    place = urlparse(url)
    return by_hand.over_tcp(place.hostname, place.port, *frames(user, password, name, body))


def stomp_over_ws(url, user, password, name, body):
    return by_hand.over_ws(url, *frames(user, password, name, body))


def mqtt(url, user, password, name, body, transport="tcp"):
    import paho.mqtt.client as paho

    place = urlparse(url)
    arrived, subscribed = threading.Event(), threading.Event()
    bodies = []
    client = paho.Client(client_id=f"test-{name}", transport=transport)
    client.username_pw_set(user, password)
    client.on_connect = lambda *_: client.subscribe(name, 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _data, message: (bodies.append(message.payload.decode()), arrived.set())
    client.connect(place.hostname, place.port)
    client.loop_start()
    assert subscribed.wait(PATIENCE), "not subscribed"
    client.publish(name, body, 1)
    assert arrived.wait(PATIENCE), "nothing came"
    client.disconnect()
    return bodies[0]


def mqtt_over_ws(url, user, password, name, body):
    return mqtt(url, user, password, name, body, "websockets")


def amqp(url, user, password, name, body):
    from proton import Message
    from proton.utils import BlockingConnection

    connection = BlockingConnection(url, user=user, password=password, allowed_mechs="PLAIN", timeout=PATIENCE)
    connection.create_sender(name).send(Message(body=body))
    receiver = connection.create_receiver(name)
    found = receiver.receive(PATIENCE).body
    receiver.accept()
    connection.close()
    return found


def through(url, user, password, way, name):
    return globals()[way](url, user, password, name, way)


print(globals()[sys.argv[1]](*sys.argv[2:]))
