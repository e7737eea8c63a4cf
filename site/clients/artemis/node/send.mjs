// region: send
import rhea from "rhea";

const { hostname, port } = new URL(process.env["MQLAB_URL"]);
const connection = rhea.connect({
  host: hostname,
  port,
  username: process.env["MQLAB_USER"],
  password: process.env["MQLAB_PASSWORD"],
  reconnect: false,
});
const sender = connection.open_sender("your-queue");
// Without `durable` the message does not survive a restart of the broker.
sender.once("sendable", () => sender.send({ body: "Hello from Node", durable: true }));
sender.once("accepted", () => connection.close());
for (const failure of ["rejected", "released", "sender_error", "connection_error", "disconnected"]) {
  connection.on(failure, (context) => {
    console.error(failure, context.error ?? context.sender?.error ?? context.connection.error ?? "");
    process.exit(1);
  });
}
// endregion
