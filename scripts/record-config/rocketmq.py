#!/usr/bin/env python3
"""Records the configuration keys of one RocketMQ version: usage rocketmq.py IMAGE VERSION > config_keys/5.5.json

Starts a broker of its own from IMAGE, asks it for its configuration (request 26 of the remoting protocol) and
removes it. A broker tells values and no types: the type is the value's. What it takes besides for the few keys
that are enumerations in its sources is listed here.
"""

import json
import os
import re
import socket
import struct
import subprocess
import sys
import time

IMAGE, VERSION = sys.argv[1:]
NAME = f"mqlab-record-rocketmq-{os.getpid()}"
# BrokerRole and FlushDiskType. A replica is what `nodes: 2` makes.
CHOICES = {"brokerRole": ["ASYNC_MASTER", "SYNC_MASTER"], "flushDiskType": ["ASYNC_FLUSH", "SYNC_FLUSH"]}
# What a broker would not tell as itself.
NOT_KEYS = {"rocketmqHome", "brokerConfigPath", "configBlackList"}


def docker(*arguments):
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def read(connection, length):
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise OSError("the broker closed the connection")
        data += piece
    return data


def ask(port, code):
    header = json.dumps({"code": code, "language": "OTHER", "version": 0, "opaque": 1, "flag": 0}).encode()
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(struct.pack(">ii", 4 + len(header), len(header)) + header)
        (length,) = struct.unpack(">i", read(connection, 4))
        frame = read(connection, length)
    head = struct.unpack(">i", frame[:4])[0] & 0xFFFFFF
    answer = json.loads(frame[4 : 4 + head])
    if answer["code"] != 0:
        sys.exit(f"request {code}: {answer}")
    return frame[4 + head :].decode()


def ask_when_ready(port, code):
    for _ in range(300):
        try:
            return ask(port, code)
        except OSError:
            time.sleep(0.2)
    sys.exit(f"no answer from {IMAGE}")


def kind_of(value):
    if value in ("true", "false"):
        return "boolean"
    if re.fullmatch(r"-?\d+", value):
        return "number"
    return "fraction" if re.fullmatch(r"-?\d+\.\d+", value) else "text"


def main():
    docker("run", "--detach", "--name", NAME, "--publish", "127.0.0.1::10911", IMAGE, "sh", "mqbroker")
    try:
        port = int(docker("port", NAME, "10911").split(":")[-1])
        text = ask_when_ready(port, 26)
    finally:
        docker("rm", "--force", "--volumes", NAME)
    keys = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name and name not in NOT_KEYS:
            keys[name] = {"type": kind_of(value.strip()), **({"choices": CHOICES[name]} if name in CHOICES else {})}
    if missing := CHOICES.keys() - keys.keys():
        sys.exit(f"the broker does not know {missing}")
    lines = [f"{json.dumps(name)}: {json.dumps(key)}" for name, key in sorted(keys.items())]
    print('{\n"version": ' + json.dumps(VERSION) + ',\n"broker": {\n' + ",\n".join(lines) + "\n}\n}")


main()
