// region: send
import { ProduceAcks, Producer, stringSerializers } from "@platformatic/kafka";

const producer = new Producer({
  clientId: "node",
  bootstrapBrokers: process.env["MQLAB_URL"].split(","),
  serializers: stringSerializers,
});
const message = { topic: "your-topic", key: "greeting", value: "Hello from Node" };
// Over when all replicas in sync have it.
await producer.send({ messages: [message], acks: ProduceAcks.ALL });
await producer.close();
// endregion
