// region: send
#:package Apache.NMS.ActiveMQ@2.1.0

using Apache.NMS;
using Apache.NMS.ActiveMQ;

var factory = new ConnectionFactory(Environment.GetEnvironmentVariable("MQLAB_URL")!);
using var connection = factory.CreateConnection(
    Environment.GetEnvironmentVariable("MQLAB_USER"),
    Environment.GetEnvironmentVariable("MQLAB_PASSWORD"));
connection.Start();
using var session = connection.CreateSession();
using var producer = session.CreateProducer(session.GetQueue("your-queue"));
// Persistent: Send() returns when the broker has stored it.
producer.DeliveryMode = MsgDeliveryMode.Persistent;
producer.Send(session.CreateTextMessage("Hello from .NET"));
// endregion
