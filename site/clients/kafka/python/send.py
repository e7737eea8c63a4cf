# region: send
import os

from confluent_kafka import KafkaException, Producer

producer = Producer({"bootstrap.servers": os.environ["MQLAB_URL"], "acks": "all"})


def delivered(error, message):
    if error:
        raise KafkaException(error)


producer.produce("your-topic", key="greeting", value="Hello from Python", on_delivery=delivered)
# produce() only queues: this waits for the answer, and raises what delivered() raises.
producer.flush()
# endregion
