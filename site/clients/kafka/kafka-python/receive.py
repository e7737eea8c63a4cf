# region: receive
import os
import signal
import sys

from kafka import KafkaConsumer

# SIGTERM ends the loop as Ctrl-C does.
signal.signal(signal.SIGTERM, signal.default_int_handler)

consumer = KafkaConsumer(
    "your-topic",
    bootstrap_servers=os.environ["MQLAB_URL"].split(","),
    group_id="your-group",
    auto_offset_reset="earliest",
    # Else a message counts as read before it is processed.
    enable_auto_commit=False,
)
try:
    for message in consumer:
        print(message.value.decode(), flush=True)
        consumer.commit()
except KeyboardInterrupt:
    sys.exit()
finally:
    consumer.close()
# endregion
