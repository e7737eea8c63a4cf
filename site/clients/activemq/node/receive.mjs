// region: receive
import { Client } from "@stomp/stompjs";

const queue = "your-queue";

function fail(what) {
  console.error(what);
  process.exit(1);
}

let running = true;

// Speaks STOMP over WebSocket, which Node has since version 22.
const client = new Client({
  brokerURL: process.env["MQLAB_URL"],
  connectHeaders: { login: process.env["MQLAB_USER"], passcode: process.env["MQLAB_PASSWORD"] },
  reconnectDelay: 0,
  onStompError: (frame) => fail(frame.headers.message),
  // A connection that is closed on purpose brings these, too.
  onWebSocketError: () => running && fail("cannot connect"),
  onWebSocketClose: () => running && fail("the connection is lost"),
  onConnect: () => {
    const received = (message) => {
      console.log(message.body);
      message.ack();
    };
    client.subscribe(`/queue/${queue}`, received, { ack: "client-individual" });
  },
});
client.activate();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    running = false;
    client.deactivate();
  });
}
// endregion
