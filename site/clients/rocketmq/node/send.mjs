// region: send
import { Producer } from "rocketmq-client-nodejs";

const producer = new Producer({ endpoints: process.env["MQLAB_URL"] });
await producer.startup();
try {
  // Over when the broker has it, and fails if it refuses.
  await producer.send({ topic: "your-topic", body: Buffer.from("Hello from Node") });
} finally {
  await producer.shutdown();
}
// endregion
