// region: receive
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;

public class Receive {
    public static void main(String[] args) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(System.getenv("MQLAB_URL"));
        var connection = factory.newConnection();
        // Ctrl-C and SIGTERM: what is not acknowledged goes back to the queue.
        Runtime.getRuntime().addShutdownHook(new Thread(connection::abort));
        var channel = connection.createChannel();
        channel.basicQos(10);
        channel.basicConsume("your-queue", false, (tag, delivery) -> {
            System.out.println(new String(delivery.getBody(), StandardCharsets.UTF_8));
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }, tag -> {
            System.err.println("the broker has cancelled the consumer");
            System.exit(1);
        });
        // The client's threads go on, and connect again when the connection is lost.
    }
}
// endregion
