# region: receive
import os
import signal

import pika

# SIGTERM ends the loop as Ctrl-C does.
signal.signal(signal.SIGTERM, signal.default_int_handler)

connection = pika.BlockingConnection(pika.URLParameters(os.environ["MQLAB_URL"]))
channel = connection.channel()
channel.basic_qos(prefetch_count=10)


def received(channel, method, properties, body):
    print(body.decode(), flush=True)
    channel.basic_ack(method.delivery_tag)


channel.basic_consume("your-queue", received)
try:
    channel.start_consuming()
except KeyboardInterrupt:
    connection.close()
# endregion
