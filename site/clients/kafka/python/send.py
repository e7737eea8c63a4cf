# region: send
import os
import sys

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": os.environ["MQLAB_URL"], "acks": "all"})


def delivered(error, message):
    if error:
        sys.exit(f"not delivered: {error}")


producer.produce("your-topic", key="greeting", value="Hello from Python", on_delivery=delivered)
# produce() only queues: this waits for the answer, and calls delivered().
producer.flush()
# endregion
