// region: send
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;

public class Send {
    public static void main(String[] args) throws Exception {
        var provider = ClientServiceProvider.loadService();
        var configuration = ClientConfiguration.newBuilder()
            .setEndpoints(System.getenv("MQLAB_URL"))
            .enableSsl(false)
            .build();
        var builder = provider.newProducerBuilder().setClientConfiguration(configuration).setTopics("your-topic");
        try (var producer = builder.build()) {
            // Returns when the broker has it, and throws if it refuses.
            producer.send(provider.newMessageBuilder()
                .setTopic("your-topic")
                .setBody("Hello from Java".getBytes(StandardCharsets.UTF_8))
                .build());
        }
    }
}
// endregion
