#!/usr/bin/env python3
"""Records what one RabbitMQ version knows: configuration keys, policy keys, arguments, plugins, exchange types.

Usage: rabbitmq.py IMAGE VERSION > src/brokers/rabbitmq/config_keys/VERSION.json

Starts a container of its own from IMAGE and removes it. Everything comes from the live broker: the schema files
that it parses its configuration with, its registry of policy validators, the capabilities of its queue types,
and trial declarations for the types of arguments.
"""

import base64
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

IMAGE, VERSION = sys.argv[1], sys.argv[2]
NAME = f"mqlab-record-rabbitmq-{os.getpid()}"
# What a queue argument may be tried with.
TRIALS = {"integer": 7, "string": "x", "boolean": True}
# How the broker words a value of the wrong type.
WRONG_TYPE = ("expected ", "unacceptable_type", "unacceptable type")


def docker(*arguments, check=True):
    return subprocess.run(["docker", *arguments], check=check, capture_output=True, text=True).stdout


class Api:
    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}/api/"
        self.token = base64.b64encode(b"guest:guest").decode()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("Authorization", "Basic " + self.token)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def erlang_json(expression):
    """JSON of an Erlang term, by way of base64 so that no shell quoting touches it."""
    encode = f"base64:encode(iolist_to_binary(rabbit_json:encode({expression})))."
    out = docker("exec", NAME, "rabbitmqctl", "--quiet", "eval", encode)
    # A long binary is printed in several quoted pieces.
    return json.loads(base64.b64decode("".join(character for character in out if character not in '<>" \n')))


CONFIGURATION = """
begin
  Files = filelib:wildcard("/usr/lib/rabbitmq/lib/*/plugins/*/priv/schema/*.schema")
       ++ filelib:wildcard("/opt/rabbitmq/plugins/*/priv/schema/*.schema"),
  Type = fun Type(T) -> case T of
    {enum, Values} -> #{enum => [iolist_to_binary(io_lib:format("~s", [V])) || V <- Values]};
    {atom, V} -> #{enum => [atom_to_binary(V)]};
    {integer, V} when is_integer(V) -> #{enum => [integer_to_binary(V)]};
    {string, V} when is_list(V) -> #{enum => [iolist_to_binary(V)]};
    {Name, _} when is_atom(Name) -> #{type => atom_to_binary(Name)};
    {Name, _, _} when is_atom(Name) -> #{type => atom_to_binary(Name)};
    Name when is_atom(Name) -> #{type => atom_to_binary(Name)} end end,
  {_, Mappings, _} = cuttlefish_schema:files(Files),
  Aliases = case erlang:function_exported(cuttlefish_mapping, aliases, 1) of
    true -> fun(M) -> cuttlefish_mapping:aliases(M) end;
    false -> fun(_) -> [] end end,
  [#{key => iolist_to_binary(lists:join(".", Key)),
     types => [Type(T) || T <- lists:flatten([cuttlefish_mapping:datatype(M)])]}
   || M <- Mappings, Key <- [cuttlefish_mapping:variable(M) | Aliases(M)]]
end
"""

QUEUE_TYPES = """
maps:from_list([{Name, #{arguments => maps:get(queue_arguments, C), refused_policy_keys => maps:get(unsupported_policies, C)}}
  || {Name, Module} <- [{classic, rabbit_classic_queue}, {quorum, rabbit_quorum_queue}, {stream, rabbit_stream_queue}],
     C <- [Module:capabilities()]])
"""


def configuration():
    keys = {}
    for mapping in erlang_json(" ".join(CONFIGURATION.split())):
        entry = keys.setdefault(mapping["key"], {"types": [], "values": []})
        for one in mapping["types"]:
            if "enum" in one:
                entry["values"] += [value for value in one["enum"] if value not in entry["values"]]
            elif one["type"] not in entry["types"]:
                entry["types"].append(one["type"])
    return {key: {name: sorted(part) for name, part in entry.items() if part} for key, entry in sorted(keys.items())}


def argument_types(api, kind, arguments):
    found = {}
    for argument in arguments:
        if argument == "x-queue-type":
            continue
        accepted = []
        for name, value in TRIALS.items():
            body = {"durable": True, "arguments": {"x-queue-type": kind, argument: value}}
            status, answer = api.call("PUT", "queues/%2F/trial", body)
            api.call("DELETE", "queues/%2F/trial")
            if status < 300 or not any(text in str(answer) for text in WRONG_TYPE):
                accepted.append(name)
        found[argument] = accepted
    return found


EXCHANGE_TYPES = """
maps:from_list([{Name, Application} || {Name, Module} <- rabbit_registry:lookup_all(exchange),
  {ok, Application} <- [application:get_application(Module)]])
"""


def exchange_types(plugins):
    """Types by the plugin that brings them, which is enabled; none for the built-in ones."""
    bringing = [one for one in plugins if "exchange" in one or one == "rabbitmq_sharding"]
    # Each call costs an Erlang of its own. Federation brings policy keys, and no type of these.
    docker("exec", NAME, "rabbitmq-plugins", "enable", *bringing, "rabbitmq_federation")
    found = erlang_json(" ".join(EXCHANGE_TYPES.split()))
    own = {"rabbit": None, **{plugin: plugin for plugin in bringing}}
    return {name: own[application] for name, application in sorted(found.items()) if application in own}


def write(recorded):
    """One entry per line, so that two versions compare well."""
    parts = []
    for name, part in recorded.items():
        if isinstance(part, dict):
            lines = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in part.items()]
            parts.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
        else:
            parts.append(f'"{name}": {json.dumps(part, ensure_ascii=False)}')
    print("{\n" + ",\n".join(parts) + "\n}")


def main():
    docker("run", "-d", "--name", NAME, "--hostname", "record", "-p", "127.0.0.1::15672", IMAGE)
    try:
        port = int(docker("port", NAME, "15672/tcp").split(":")[1].split()[0])
        api = Api(port)
        end = time.time() + 120
        while True:
            try:
                if api.call("GET", "overview")[0] == 200:
                    break
            except OSError:
                pass
            if time.time() > end:
                raise SystemExit("the broker did not get ready:\n" + docker("logs", NAME))
            time.sleep(0.5)
        overview = api.call("GET", "overview")[1]
        plugins = sorted(docker("exec", NAME, "rabbitmq-plugins", "list", "-m", "--silent").split())
        queue_types = erlang_json(" ".join(QUEUE_TYPES.split()))
        queues = {
            kind: {
                "arguments": argument_types(api, kind, sorted(found["arguments"])),
                "refused_policy_keys": sorted(found["refused_policy_keys"]),
            }
            for kind, found in sorted(queue_types.items())
        }
        types = exchange_types(plugins)
        policy_keys = erlang_json("[N || {N, _} <- rabbit_registry:lookup_all(policy_validator)]")
        operator_keys = erlang_json("[N || {N, _} <- rabbit_registry:lookup_all(operator_policy_validator)]")
        recorded = {
            "version": overview["rabbitmq_version"],
            "configuration": configuration(),
            "queue_types": queues,
            "policy_keys": sorted(policy_keys),
            "operator_policy_keys": sorted(operator_keys),
            "plugins": plugins,
            "exchange_types": types,
        }
        if not recorded["version"].startswith(VERSION + "."):
            raise SystemExit(f"{IMAGE} holds {recorded['version']}, not {VERSION}")
        write(recorded)
    finally:
        docker("rm", "-f", "-v", NAME, check=False)


main()
