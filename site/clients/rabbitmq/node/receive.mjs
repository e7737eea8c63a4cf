// region: receive
import amqp from "amqplib";

const connection = await amqp.connect(process.env["MQLAB_URL"]);
const channel = await connection.createChannel();
await channel.prefetch(10);
await channel.consume("your-queue", (message) => {
  if (message === null) {
    throw new Error("the broker has cancelled the consumer");
  }
  console.log(message.content.toString());
  channel.ack(message);
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => connection.close());
}
// endregion
