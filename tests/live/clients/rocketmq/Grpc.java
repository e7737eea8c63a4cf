import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.rocketmq.client.apis.*;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;

/** RocketMQ's own gRPC client: usage Grpc ENDPOINT TOPIC GROUP [MESSAGE_GROUP]. Prints what came back. */
public class Grpc {
    public static void main(String[] arguments) {
        try {
            System.out.println(round(arguments) ? "came back" : "did not come back");
            System.exit(0);
        } catch (Throwable failure) {
            // The client's own threads would keep the process for ever.
            failure.printStackTrace();
            System.exit(1);
        }
    }

    static boolean round(String[] arguments) throws Exception {
        String endpoint = arguments[0], topic = arguments[1], group = arguments[2];
        String body = UUID.randomUUID().toString();
        var provider = ClientServiceProvider.loadService();
        var configuration = ClientConfiguration.newBuilder().setEndpoints(endpoint).enableSsl(false).build();
        var producers = provider.newProducerBuilder().setClientConfiguration(configuration).setTopics(topic);
        try (var producer = producers.build()) {
            var message = provider.newMessageBuilder().setTopic(topic).setBody(body.getBytes(StandardCharsets.UTF_8));
            if (arguments.length > 3) {
                message.setMessageGroup(arguments[3]);
            }
            producer.send(message.build());
        }
        var consumers = provider.newSimpleConsumerBuilder().setClientConfiguration(configuration).setConsumerGroup(group)
            .setSubscriptionExpressions(Map.of(topic, FilterExpression.SUB_ALL)).setAwaitDuration(Duration.ofSeconds(5));
        long end = System.currentTimeMillis() + 60_000;
        boolean found = false;
        try (var consumer = consumers.build()) {
            while (!found && System.currentTimeMillis() < end) {
                try {
                    for (var message : consumer.receive(16, Duration.ofSeconds(30))) {
                        found |= StandardCharsets.UTF_8.decode(message.getBody()).toString().equals(body);
                        consumer.ack(message);
                    }
                } catch (ClientException refused) {
                    // The proxy refuses a consumer that it does not know yet.
                    System.err.println(refused);
                }
            }
        }
        return found;
    }
}
