# region: send
import os
import queue
import sys
from urllib.parse import urlsplit

import stomp

QUEUE = "your-queue"

answers = queue.Queue()


class Listener(stomp.ConnectionListener):
    def on_receipt(self, frame):
        answers.put(None)

    def on_error(self, frame):
        answers.put(frame.headers.get("message", "refused"))

    def on_disconnected(self):
        answers.put("the connection is lost")


url = urlsplit(os.environ["MQLAB_URL"])
# Without a content-length it arrives as text at JMS receivers, with one as bytes.
connection = stomp.Connection12([(url.hostname, url.port)], auto_content_length=False)
connection.set_listener("", Listener())
connection.connect(os.environ["MQLAB_USER"], os.environ["MQLAB_PASSWORD"], wait=True)
# The broker sends the receipt when it has the message; STOMP's are not persistent unless they say so.
connection.send(f"/queue/{QUEUE}", "Hello from Python", persistent="true", receipt="sent")
if error := answers.get(timeout=30):
    sys.exit(error)
connection.disconnect()
# endregion
