"""RocketMQ's own gRPC client: usage client.py ENDPOINT TOPIC GROUP [MESSAGE_GROUP]. Prints what came back."""

import sys
import time
import uuid

from rocketmq import ClientConfiguration, Credentials, FilterExpression, Message, Producer, SimpleConsumer

endpoint, topic, group, *message_group = sys.argv[1:]
body = uuid.uuid4().hex.encode()



def insist(act):
    """The proxy of a broker that has just started may not have a route yet, and refuses."""
    end = time.time() + 60
    while True:
        try:
            return act()
        except Exception as error:
            print(error, file=sys.stderr)
            if time.time() > end:
                raise
            time.sleep(0.2)


def producer_of():
    made = Producer(ClientConfiguration(endpoint, Credentials()), (topic,))
    made.startup()
    return made


def consumer_of():
    made = SimpleConsumer(ClientConfiguration(endpoint, Credentials()), group, {topic: FilterExpression()})
    made.startup()
    return made


producer = insist(producer_of)
message = Message()
message.topic, message.body = topic, body
if message_group:
    message.message_group = message_group[0]
insist(lambda: producer.send(message))

consumer = insist(consumer_of)
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
