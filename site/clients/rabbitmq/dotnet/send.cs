// region: send
#:package RabbitMQ.Client@7.1.2

using System.Text;
using RabbitMQ.Client;

var factory = new ConnectionFactory { Uri = new Uri(Environment.GetEnvironmentVariable("MQLAB_URL")!) };
await using var connection = await factory.CreateConnectionAsync();
// With both, BasicPublishAsync waits for the broker's answer, and throws if it is no.
var confirmed = new CreateChannelOptions(
    publisherConfirmationsEnabled: true,
    publisherConfirmationTrackingEnabled: true);
await using var channel = await connection.CreateChannelAsync(confirmed);
await channel.BasicPublishAsync(
    exchange: "", // the default exchange: the routing key is the queue's name
    routingKey: "your-queue",
    mandatory: true, // no such queue is an error, too
    basicProperties: new BasicProperties { Persistent = true },
    body: Encoding.UTF8.GetBytes("Hello from .NET"));
// endregion
