// region: send
#:package Confluent.Kafka@2.12.0

using Confluent.Kafka;

var config = new ProducerConfig
{
    BootstrapServers = Environment.GetEnvironmentVariable("MQLAB_URL"),
    Acks = Acks.All,
};
using var producer = new ProducerBuilder<string, string>(config).Build();
var message = new Message<string, string> { Key = "greeting", Value = "Hello from .NET" };
// Over when all replicas in sync have it; throws if they do not.
await producer.ProduceAsync("your-topic", message);
// endregion
