// region: receive
#:package RocketMQ.Client@5.1.0

using System.Text;
using Org.Apache.Rocketmq;

var running = true;
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    running = false;
};
var config = new ClientConfig.Builder()
    .SetEndpoints(Environment.GetEnvironmentVariable("MQLAB_URL"))
    .EnableSsl(false)
    .Build();
await using var consumer = await new SimpleConsumer.Builder()
    .SetClientConfig(config)
    .SetConsumerGroup("your-group")
    .SetAwaitDuration(TimeSpan.FromSeconds(5)) // how long Receive waits for a first message
    .SetSubscriptionExpression(new Dictionary<string, FilterExpression> { ["your-topic"] = new("*") })
    .Build();
while (running)
{
    // What is not acknowledged within 30 s comes again.
    foreach (var message in await consumer.Receive(16, TimeSpan.FromSeconds(30)))
    {
        Console.WriteLine(Encoding.UTF8.GetString(message.Body));
        await consumer.Ack(message);
    }
}
// endregion
