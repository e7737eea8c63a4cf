# region: receive
import os
import signal
import threading

from rocketmq import (
    ClientConfiguration,
    ConsumeResult,
    Credentials,
    FilterExpression,
    MessageListener,
    PushConsumer,
)

# SIGTERM ends the program as Ctrl-C does.
signal.signal(signal.SIGTERM, signal.default_int_handler)


class Printer(MessageListener):
    def consume(self, message):
        print(message.body.decode(), flush=True)
        # Acknowledges it; FAILURE or an exception brings it back later.
        return ConsumeResult.SUCCESS


configuration = ClientConfiguration(os.environ["MQLAB_URL"], Credentials())
consumer = PushConsumer(configuration, "your-group", Printer(), {"your-topic": FilterExpression()})
consumer.startup()
try:
    threading.Event().wait()
except KeyboardInterrupt:
    consumer.shutdown()
# endregion
