// region: receive
import { SimpleConsumer } from "rocketmq-client-nodejs";

let running = true;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    running = false;
  });
}
const consumer = new SimpleConsumer({
  endpoints: process.env["MQLAB_URL"],
  consumerGroup: "your-group",
  subscriptions: new Map([["your-topic", "*"]]),
  awaitDuration: 5_000, // how long receive() waits for a first message
});
await consumer.startup();
try {
  while (running) {
    // What is not acknowledged within 30 s comes again.
    for (const message of await consumer.receive(16, 30_000)) {
      console.log(message.body.toString());
      await consumer.ack(message);
    }
  }
} finally {
  await consumer.shutdown();
}
// endregion
