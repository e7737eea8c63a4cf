// region: receive
import { Consumer, stringDeserializers } from "@platformatic/kafka";

const consumer = new Consumer({
  clientId: "node",
  groupId: "your-group",
  bootstrapBrokers: process.env["MQLAB_URL"].split(","),
  deserializers: stringDeserializers,
});
const stream = await consumer.consume({
  topics: ["your-topic"],
  mode: "committed", // go on where the group is, and without such a place
  fallbackMode: "earliest", // at the first message
  autocommit: false,
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => stream.close());
}
for await (const message of stream) {
  console.log(message.value);
  await message.commit();
}
await consumer.close();
// endregion
