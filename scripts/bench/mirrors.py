"""What a mirror costs that takes connections and never answers."""

import socket
import subprocess
import tempfile
import time
from pathlib import Path

from lab import Lab
from tools import ROOT, Row, alternated, measured, quiet

IMAGE = "demo/app:1"


def rows(runs):
    quiet(ROOT / "scripts" / "live-needs")
    with Silent() as silent, Registry() as upstream, Registry() as good, Lab("mirrors") as lab:
        tiny()
        upstream.push()
        good.push()
        spec = [
            "brokers:",
            f"  events: {{ kind: kafka, image: \"{upstream.name}/{IMAGE}\" }}",
            "images:",
            "  build: never",
            "  mirrors:",
            *(f"    - {{ url: \"http://{mirror.name}\", for: [\"{upstream.name}\"] }}" for mirror in (silent, good)),
        ]
        lab.write("mqlab.yaml", spec)
        lab.do("images lock")
        upstream.stop()
        digest = good.push()

        def before():
            forget(good.name, upstream.name)

        def ours():
            return lab.run("images pull")

        def other():
            return measured(["docker", "pull", f"{good.name}/{IMAGE.split(':')[0]}@{digest}"])

        ours_all, others = alternated(runs, ours, other, before=before)
        yield Row("mirrors", "a hub that is down, a mirror that says nothing, a good one", "mqlab images pull", ours_all,
                  bound=1.0, plus=2.0, bare=others, baseline="docker pull of the same digest from the good one")


def tiny():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "content").write_text("content\n" * 1000)
        quiet("tar", "-C", folder, "-cf", f"{folder}/image.tar", "content")
        quiet("docker", "import", f"{folder}/image.tar", "bench-mirrors:1")


def forget(*names):
    for name in names:
        for line in quiet("docker", "images", "--digests", "--format", "{{.ID}}", f"{name}/demo/app").split():
            subprocess.run(["docker", "rmi", "--force", line], capture_output=True)
    tiny()


class Silent:
    """Takes connections, and never answers."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.name = f"127.0.0.1:{self.socket.getsockname()[1]}"
        return self

    def __exit__(self, *_error):
        self.socket.close()


class Registry:
    """Debian's docker-registry on loopback."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.name = f"127.0.0.1:{port}"
        config = Path(self.folder.name) / "config.yml"
        config.write_text(f"version: 0.1\nlog: {{ level: error }}\nstorage:\n  filesystem: {{ rootdirectory: "
                          f"{self.folder.name}/data }}\nhttp: {{ addr: {self.name} }}\n")
        self.process = subprocess.Popen(["docker-registry", "serve", config], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.05)

    def push(self):
        """Gives the digest."""
        quiet("docker", "tag", "bench-mirrors:1", f"{self.name}/{IMAGE}")
        said = quiet("docker", "push", f"{self.name}/{IMAGE}")
        return next(word for word in said.split() if word.startswith("sha256:"))

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def __exit__(self, *_error):
        self.stop()
        self.folder.cleanup()
