# region: receive
import os
import signal
import sys

from confluent_kafka import Consumer, KafkaException

# SIGTERM ends the loop as Ctrl-C does.
signal.signal(signal.SIGTERM, signal.default_int_handler)

consumer = Consumer({
    "bootstrap.servers": os.environ["MQLAB_URL"],
    "group.id": "your-group",
    "auto.offset.reset": "earliest",
    # Else a message counts as read before it is processed.
    "enable.auto.offset.store": False,
})
consumer.subscribe(["your-topic"])
try:
    while True:
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        print(message.value().decode(), flush=True)
        # Committed in the background, and by close().
        consumer.store_offsets(message)
except KeyboardInterrupt:
    sys.exit()
finally:
    consumer.close()
# endregion
