// region: receive
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;

public class Receive {
    public static void main(String[] args) throws Exception {
        var configuration = ClientConfiguration.newBuilder()
            .setEndpoints(System.getenv("MQLAB_URL"))
            .enableSsl(false)
            .build();
        var builder = ClientServiceProvider.loadService().newSimpleConsumerBuilder()
            .setClientConfiguration(configuration)
            .setConsumerGroup("your-group")
            .setSubscriptionExpressions(Map.of("your-topic", FilterExpression.SUB_ALL))
            .setAwaitDuration(Duration.ofSeconds(5)); // how long receive() waits for a first message
        var running = new AtomicBoolean(true);
        var main = Thread.currentThread();
        // Ctrl-C and SIGTERM: what was received is processed before the end.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            running.set(false);
            try {
                main.join();
            } catch (InterruptedException ended) {
                main.interrupt();
            }
        }));
        try (var consumer = builder.build()) {
            while (running.get()) {
                // What is not acknowledged within 30 s comes again.
                for (var message : consumer.receive(16, Duration.ofSeconds(30))) {
                    System.out.println(StandardCharsets.UTF_8.decode(message.getBody()));
                    consumer.ack(message);
                }
            }
        }
    }
}
// endregion
