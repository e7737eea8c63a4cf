"""An engine that keeps its images in containerd, as far as `mqlab mirrors` asks it. Rootless, so that its files are the user's.

Arguments: its socket, and what it answers otherwise, as JSON by path.
"""

import http.server
import json
import signal
import socketserver
import sys

ANSWERS = {
    "/version": {"Version": "29.0.0", "ApiVersion": "1.52", "Arch": "amd64", "Components": [{"Name": "Engine", "Version": "29.0.0"}]},
    # Told to read its settings again, it does nothing, or ends.
    "/reload": {"ends": False},
    "/info": {
        "ID": "fake",
        "OperatingSystem": "Debian GNU/Linux 13 (trixie)",
        "Name": "laptop",
        "DockerRootDir": "/home/me/.local/share/docker",
        "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
        "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"],
        "RegistryConfig": {"Mirrors": []},
    },
}


for path, fields in json.loads(sys.argv[2]).items():
    ANSWERS[path].update(fields)

# Whatever who started this one does with the signal (`nohup` ignores it for all that it starts).
signal.signal(signal.SIGHUP, signal.SIG_DFL if ANSWERS["/reload"]["ends"] else signal.SIG_IGN)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(ANSWERS["/" + self.path.split("?")[0].rsplit("/", 1)[1]]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "a socket"

    def log_message(self, *_):
        pass


socketserver.ThreadingUnixStreamServer(sys.argv[1], Handler).serve_forever()
