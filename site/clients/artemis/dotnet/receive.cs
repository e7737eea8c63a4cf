// region: receive
#:package Apache.NMS.AMQP@2.2.0

using Apache.NMS;
using Apache.NMS.AMQP;

var running = true;
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    running = false;
};
var factory = new NmsConnectionFactory(Environment.GetEnvironmentVariable("MQLAB_URL")!);
using var connection = factory.CreateConnection(
    Environment.GetEnvironmentVariable("MQLAB_USER"),
    Environment.GetEnvironmentVariable("MQLAB_PASSWORD"));
connection.ExceptionListener += lost =>
{
    Console.Error.WriteLine(lost.Message);
    Environment.Exit(1);
};
connection.Start();
using var session = connection.CreateSession(AcknowledgementMode.ClientAcknowledge);
using var consumer = session.CreateConsumer(session.GetQueue("your-queue"));
while (running)
{
    if (consumer.Receive(TimeSpan.FromSeconds(1)) is ITextMessage message)
    {
        Console.WriteLine(message.Text);
        message.Acknowledge();
    }
}
// endregion
