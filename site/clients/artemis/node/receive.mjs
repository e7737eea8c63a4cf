// region: receive
import rhea from "rhea";

const { hostname, port } = new URL(process.env["MQLAB_URL"]);
const connection = rhea.connect({
  host: hostname,
  port,
  username: process.env["MQLAB_USER"],
  password: process.env["MQLAB_PASSWORD"],
  reconnect: false,
});
connection.open_receiver({ source: "your-queue", autoaccept: false });
connection.on("message", ({ message, delivery }) => {
  console.log(message.body);
  delivery.accept();
});
for (const failure of ["receiver_error", "connection_error", "disconnected"]) {
  connection.on(failure, (context) => {
    console.error(failure, context.error ?? context.receiver?.error ?? context.connection.error ?? "");
    process.exit(1);
  });
}
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => connection.close());
}
// endregion
