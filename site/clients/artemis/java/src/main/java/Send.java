// region: send
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

public class Send {
    public static void main(String[] args) {
        var factory = new ActiveMQConnectionFactory(System.getenv("MQLAB_URL"));
        try (var context = factory.createContext(System.getenv("MQLAB_USER"), System.getenv("MQLAB_PASSWORD"))) {
            // JMS messages are persistent by default: send() returns when the broker has stored it.
            context.createProducer().send(context.createQueue("your-queue"), "Hello from Java");
        }
    }
}
// endregion
