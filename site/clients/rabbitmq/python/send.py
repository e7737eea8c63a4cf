# region: send
import os

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ["MQLAB_URL"]))
channel = connection.channel()
# From here on basic_publish waits for the broker's answer, and raises if it is no.
channel.confirm_delivery()
channel.basic_publish(
    exchange="",  # the default exchange: the routing key is the queue's name
    routing_key="your-queue",
    body="Hello from Python",
    properties=pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent),
    mandatory=True,  # no such queue is an error, too
)
connection.close()
# endregion
