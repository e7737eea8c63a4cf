#!/usr/bin/env python3
"""Records which settings one ActiveMQ version knows: of the broker, its store, its limits, and per-destination policies.

Usage: activemq.py IMAGE VERSION > src/brokers/activemq/config_keys/VERSION.json

Creates a container of its own from IMAGE, which is never started, and removes it. Everything comes from the schema that
the broker's own jar has for its configuration file.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile

IMAGE, VERSION = sys.argv[1], sys.argv[2]
NAME = f"mqlab-record-activemq-{os.getpid()}"
SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
TYPES = {
    "xs:boolean": "boolean",
    "xs:integer": "int",
    "xs:long": "long",
    "xs:short": "int",
    "xs:float": "float",
    "xs:double": "float",
    "xs:string": "text",
}
# Elements whose attributes are settings of the broker, with what goes before their names.
SETTINGS = {
    "broker": "",
    "kahaDB": "kahaDB.",
    "systemUsage": "systemUsage.",
    "memoryUsage": "memoryUsage.",
    "storeUsage": "storeUsage.",
    "tempUsage": "tempUsage.",
}


def docker(*arguments, text=True):
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=text).stdout


def schema():
    """The version and the schema in the jar of this image."""
    archive = tarfile.open(fileobj=io.BytesIO(docker("cp", f"{NAME}:/opt/apache-activemq/lib", "-", text=False)))
    jar = next(member for member in archive if os.path.basename(member.name).startswith("activemq-spring-"))
    version = os.path.basename(jar.name).removeprefix("activemq-spring-").removesuffix(".jar")
    with zipfile.ZipFile(io.BytesIO(archive.extractfile(jar).read())) as content:
        return version, ElementTree.fromstring(content.read("activemq.xsd"))


def attributes(root, name):
    """Its plain attributes. What can be written as an element too is an object and no setting."""
    element = next(one for one in root.findall(SCHEMA + "element") if one.get("name") == name)
    objects = {one.get("name") for one in element.iter(SCHEMA + "element") if one is not element}
    plain = (one for one in element.iter(SCHEMA + "attribute") if one.get("name") not in objects)
    return {one.get("name"): TYPES[one.get("type")] for one in plain if one.get("type") in TYPES}


def write(recorded):
    """One entry per line, so that two versions compare well."""
    parts = []
    for name, part in recorded.items():
        if isinstance(part, dict):
            lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in sorted(part.items())]
            parts.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
        else:
            parts.append(f'"{name}": {json.dumps(part)}')
    print("{\n" + ",\n".join(parts) + "\n}")


def main():
    docker("create", "--name", NAME, IMAGE)
    try:
        version, root = schema()
        if not version.startswith(VERSION + "."):
            raise SystemExit(f"{IMAGE} holds {version}, not {VERSION}")
        settings = {}
        for element, prefix in SETTINGS.items():
            settings.update({prefix + name: kind for name, kind in attributes(root, element).items()})
        write({"version": version, "broker": settings, "policy": attributes(root, "policyEntry")})
    finally:
        docker("rm", "-f", NAME)


main()
