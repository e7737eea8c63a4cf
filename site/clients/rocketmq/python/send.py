# region: send
import os

from rocketmq import ClientConfiguration, Credentials, Message, Producer

configuration = ClientConfiguration(os.environ["MQLAB_URL"], Credentials())
producer = Producer(configuration, ("your-topic",))
producer.startup()
try:
    message = Message()
    message.topic = "your-topic"
    message.body = "Hello from Python".encode()
    # Returns when the broker has it, and raises if it refuses.
    producer.send(message)
finally:
    producer.shutdown()
# endregion
