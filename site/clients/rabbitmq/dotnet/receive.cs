// region: receive
#:package RabbitMQ.Client@7.1.2

using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

var stop = new TaskCompletionSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.TrySetResult();
};
var factory = new ConnectionFactory { Uri = new Uri(Environment.GetEnvironmentVariable("MQLAB_URL")!) };
await using var connection = await factory.CreateConnectionAsync();
await using var channel = await connection.CreateChannelAsync();
await channel.BasicQosAsync(prefetchSize: 0, prefetchCount: 10, global: false);
var consumer = new AsyncEventingBasicConsumer(channel);
consumer.ReceivedAsync += async (_, delivery) =>
{
    Console.WriteLine(Encoding.UTF8.GetString(delivery.Body.Span));
    await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
};
await channel.BasicConsumeAsync("your-queue", autoAck: false, consumer);
await stop.Task;
// endregion
