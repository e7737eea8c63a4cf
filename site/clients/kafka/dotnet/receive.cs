// region: receive
#:package Confluent.Kafka@2.12.0

using Confluent.Kafka;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};
var config = new ConsumerConfig
{
    BootstrapServers = Environment.GetEnvironmentVariable("MQLAB_URL"),
    GroupId = "your-group",
    AutoOffsetReset = AutoOffsetReset.Earliest,
    // Else a message counts as read before it is processed.
    EnableAutoOffsetStore = false,
};
using var consumer = new ConsumerBuilder<string, string>(config).Build();
consumer.Subscribe("your-topic");
try
{
    while (true)
    {
        var received = consumer.Consume(stop.Token);
        Console.WriteLine(received.Message.Value);
        // Committed in the background, and by Close().
        consumer.StoreOffset(received);
    }
}
catch (OperationCanceledException)
{
}
finally
{
    consumer.Close();
}
// endregion
