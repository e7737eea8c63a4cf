#!/usr/bin/env python3
"""Records the configuration keys of one Artemis version: usage artemis.py IMAGE VERSION > config_keys/2.56.json

The distribution carries the schema of broker.xml: names, types, defaults, choices and documentation. Only elements
that hold one value are recorded; the others are objects of their own. No broker is started.
"""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

XSD = "{http://www.w3.org/2001/XMLSchema}"
SCHEMA = "/opt/artemis/schema/artemis-configuration.xsd"


def read_schema(image):
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", "cat", image, SCHEMA]
    return ElementTree.fromstring(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def first_sentence(text):
    text = " ".join((text or "").split())
    text = re.sub(r"^DEPRECATED:?\s*", "Deprecated: ", text)
    found = re.match(r"(.+?[.!?])(?:\s|$)(?![a-z])", text)
    return found.group(1) if found else text


def unit_of(text):
    """The documentation says what a number counts, where it is time or space."""
    if re.search(r"\(in ms\)|in ms |milliseconds", text):
        return "ms"
    return "bytes" if re.search(r"\(in bytes\)|Min free bytes", text) else None


def read_key(element, types):
    """Nothing for an element that holds other elements."""
    own = element.find(f"{XSD}simpleType")
    kind = element.get("type", "")
    if own is None and not kind.startswith("xsd:") and kind not in types:
        return None
    restriction = (own if own is not None else types.get(kind))
    documentation = element.findtext(f".//{XSD}documentation") or ""
    choices = [] if restriction is None else [one.get("value") for one in restriction.iter(f"{XSD}enumeration")]
    key = {
        "type": kind.removeprefix("xsd:") if kind.startswith("xsd:") else "string",
        "default": element.get("default"),
        "choices": choices or None,
        "unit": unit_of(documentation),
        "doc": first_sentence(documentation) or None,
    }
    return {field: value for field, value in key.items() if value is not None}


def main():
    image, version = sys.argv[1:]
    schema = read_schema(image)
    types = {one.get("name"): one for one in schema.findall(f"{XSD}simpleType")}
    configuration = next(one for one in schema.findall(f"{XSD}complexType") if one.get("name") == "configurationType")
    elements = configuration.findall(f"{XSD}all/{XSD}element")
    keys = {element.get("name"): read_key(element, types) for element in elements if element.get("name")}
    keys = {name: key for name, key in sorted(keys.items()) if key}
    if len(keys) < 50:
        sys.exit(f"read {len(keys)} keys only")
    lines = [f"{json.dumps(name)}: {json.dumps(key, ensure_ascii=False)}" for name, key in keys.items()]
    print("{\n" + f'"version": {json.dumps(version)},\n"broker": {{\n' + ",\n".join(lines) + "\n}\n}")


main()
