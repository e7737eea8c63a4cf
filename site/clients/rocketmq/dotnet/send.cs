// region: send
#:package RocketMQ.Client@5.1.0

using System.Text;
using Org.Apache.Rocketmq;

var config = new ClientConfig.Builder()
    .SetEndpoints(Environment.GetEnvironmentVariable("MQLAB_URL"))
    .EnableSsl(false)
    .Build();
await using var producer = await new Producer.Builder()
    .SetClientConfig(config)
    .SetTopics("your-topic")
    .Build();
var message = new Message.Builder()
    .SetTopic("your-topic")
    .SetBody(Encoding.UTF8.GetBytes("Hello from .NET"))
    .Build();
// Over when the broker has it; throws if it refuses.
await producer.Send(message);
// endregion
