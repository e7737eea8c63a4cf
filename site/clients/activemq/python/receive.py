# region: receive
import os
import queue
import signal
import sys
from urllib.parse import urlsplit

import stomp

QUEUE = "your-queue"

# SIGTERM ends the program as Ctrl-C does.
signal.signal(signal.SIGTERM, signal.default_int_handler)

ends = queue.Queue()


class Listener(stomp.ConnectionListener):
    def on_message(self, frame):
        print(frame.body, flush=True)
        connection.ack(frame.headers["ack"])

    def on_error(self, frame):
        ends.put(frame.headers.get("message", "refused"))

    def on_disconnected(self):
        ends.put("the connection is lost")


url = urlsplit(os.environ["MQLAB_URL"])
connection = stomp.Connection12([(url.hostname, url.port)])
connection.set_listener("", Listener())
connection.connect(os.environ["MQLAB_USER"], os.environ["MQLAB_PASSWORD"], wait=True)
connection.subscribe(f"/queue/{QUEUE}", id="1", ack="client-individual")
try:
    sys.exit(ends.get())
except KeyboardInterrupt:
    connection.disconnect()
# endregion
