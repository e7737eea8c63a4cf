# region: send
import os

from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=os.environ["MQLAB_URL"].split(","), acks="all")
sent = producer.send("your-topic", key=b"greeting", value="Hello from kafka-python".encode())
# send() only queues: this waits for the broker's answer, and raises if it is no.
sent.get(timeout=30)
producer.close()
# endregion
