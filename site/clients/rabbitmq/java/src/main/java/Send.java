// region: send
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;

public class Send {
    public static void main(String[] args) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(System.getenv("MQLAB_URL"));
        try (var connection = factory.newConnection(); var channel = connection.createChannel()) {
            // Fails if there is no such queue: a message for it would vanish without a word.
            channel.queueDeclarePassive("your-queue");
            channel.confirmSelect();
            // By the default exchange: the routing key is the queue's name.
            channel.basicPublish("", "your-queue", MessageProperties.PERSISTENT_TEXT_PLAIN,
                "Hello from Java".getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirmsOrDie(10_000);
        }
    }
}
// endregion
