#!/usr/bin/env python3
"""Records the configuration keys of one Kafka version: usage kafka.py IMAGE VERSION > config_keys/4.3.json

Kafka's own LogConfig and KafkaConfig classes print their definitions as HTML, which its documentation is
made of: names, types, defaults, bounds, choices, and the broker-wide key behind each topic key. An image
with Kafka's jars and a JRE is enough; no broker is started.
"""

import html
import json
import re
import subprocess
import sys

CLASSES = {
    "topic": "org.apache.kafka.storage.internals.log.LogConfig",
    "broker": "kafka.server.KafkaConfig",
}
ENTRY = re.compile(r"<h4>.*?</a>.*?>([^<>]+)</a></h4>\s*<p>(.*?)</p>\s*<table>(.*?)</table>", re.S)
ROW = re.compile(r"<tr><th>([^<]*):</th><td>(.*?)</td></tr>", re.S)
RANGE = re.compile(r"\[(-?\d+),\.\.\.(?:,(-?\d+))?\](?: or (-?\d+))?$")
CHOICES = re.compile(r"(\(case insensitive\) )?\[([^\[\]:.]*)\]$")


def print_definitions(image, java_class):
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "java", image]
    command += ["-cp", "/opt/kafka/libs/*", java_class]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def plain(text):
    """HTML to text, white space folded."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split())


def first_sentence(text):
    found = re.match(r"(.+?[.!?])(?:\s|$)(?![a-z])", text)
    return found.group(1) if found else text


def read_default(text):
    """`604800000 (7 days)` is 604800000; the definitions print an empty string as `""`."""
    text = re.sub(r"^(-?\d+) \(.*\)$", r"\1", text)
    return "" if text == '""' else text


def write_record(record):
    """One key per line, so that two versions compare well."""
    parts = [f'"version": {json.dumps(record["version"])}']
    for level in CLASSES:
        lines = [f"{json.dumps(name)}: {json.dumps(key, ensure_ascii=False)}" for name, key in record[level].items()]
        parts.append(f'"{level}": {{\n' + ",\n".join(lines) + "\n}")
    print("{\n" + ",\n".join(parts) + "\n}")


def read_valid(text):
    """Bounds or choices as numbers and lists; nothing for what only Kafka's own code can judge."""
    if found := RANGE.match(text):
        least, most, also = found.groups()
        bounds = {"least": int(least), "most": most and int(most), "also": also and int(also)}
        return {key: value for key, value in bounds.items() if value is not None}
    if found := CHOICES.match(text):
        return {"choices": sorted(found[2].split(", ")), **({"ignore_case": True} if found[1] else {})}
    return {"not_empty": True} if text.startswith("non-empty") else {}


def read_keys(text):
    keys = {}
    for name, doc, table in ENTRY.findall(text):
        rows = {label: plain(value) for label, value in ROW.findall(table)}
        key = {
            "type": rows["Type"],
            "default": read_default(rows["Default"]),
            **read_valid(rows["Valid Values"]),
            "broker_key": rows.get("Server Default Property"),
            "update": rows.get("Update Mode"),
            "doc": first_sentence(plain(doc)),
        }
        keys[name] = {field: value for field, value in key.items() if value not in (None, "null")}
    return dict(sorted(keys.items()))


def main():
    image, version = sys.argv[1:]
    record = {"version": version}
    for level, java_class in CLASSES.items():
        text = print_definitions(image, java_class)
        record[level] = read_keys(text)
        if not record[level] or len(record[level]) != text.count("<h4>"):
            sys.exit(f"{java_class}: read {len(record[level])} of {text.count('<h4>')} keys")
    write_record(record)


main()
