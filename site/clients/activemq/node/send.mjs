// region: send
import { Client } from "@stomp/stompjs";

const queue = "your-queue";

function fail(what) {
  console.error(what);
  process.exit(1);
}

// Speaks STOMP over WebSocket, which Node has since version 22.
const client = new Client({
  brokerURL: process.env["MQLAB_URL"],
  connectHeaders: { login: process.env["MQLAB_USER"], passcode: process.env["MQLAB_PASSWORD"] },
  reconnectDelay: 0,
  onStompError: (frame) => fail(frame.headers.message),
  onWebSocketError: () => fail("cannot connect"),
  onWebSocketClose: () => fail("the connection is lost"),
  onConnect: () => {
    // The broker sends the receipt when it has the message.
    client.watchForReceipt("sent", () => process.exit());
    client.publish({
      destination: `/queue/${queue}`,
      body: "Hello from Node",
      headers: { persistent: "true", receipt: "sent" },
      // With a content-length, JMS receivers would get a BytesMessage instead of a TextMessage.
      skipContentLengthHeader: true,
    });
  },
});
client.activate();
// endregion
