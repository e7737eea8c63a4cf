"""RocketMQ's own gRPC client: usage client.py ENDPOINT TOPIC GROUP [MESSAGE_GROUP]. Prints what came back."""

import sys
import time
import uuid

from rocketmq import ClientConfiguration, Credentials, FilterExpression, Message, Producer, SimpleConsumer

endpoint, topic, group, *message_group = sys.argv[1:]
body = uuid.uuid4().hex.encode()

producer = Producer(ClientConfiguration(endpoint, Credentials()), (topic,))
producer.startup()
message = Message()
message.topic, message.body = topic, body
if message_group:
    message.message_group = message_group[0]
end = time.time() + 60
while True:
    try:
        producer.send(message)
        break
    except Exception as error:  # The proxy of a broker that has just started may not have its route yet.
        print(error, file=sys.stderr)
        if time.time() > end:
            raise
        time.sleep(0.2)

consumer = SimpleConsumer(ClientConfiguration(endpoint, Credentials()), group, {topic: FilterExpression()})
consumer.startup()
found = False
end = time.time() + 60
while not found and time.time() < end:
    try:
        messages = consumer.receive(8, 15) or []
    except Exception as error:  # The proxy refuses a consumer that it does not know yet.
        print(error, file=sys.stderr)
        messages = []
    for one in messages:
        found = found or one.body == body
        consumer.ack(one)
producer.shutdown()
consumer.shutdown()
print("came back" if found else "did not come back")
