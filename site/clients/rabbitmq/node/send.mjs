// region: send
import amqp from "amqplib";

const connection = await amqp.connect(process.env["MQLAB_URL"]);
const channel = await connection.createConfirmChannel();
// Fails if there is no such queue: a message for it would vanish without a word.
await channel.checkQueue("your-queue");
channel.sendToQueue("your-queue", Buffer.from("Hello from Node"), { persistent: true });
await channel.waitForConfirms();
await connection.close();
// endregion
