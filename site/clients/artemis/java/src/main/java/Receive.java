// region: receive
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

public class Receive {
    public static void main(String[] args) throws JMSException {
        var factory = new ActiveMQConnectionFactory(System.getenv("MQLAB_URL"));
        var user = System.getenv("MQLAB_USER");
        var password = System.getenv("MQLAB_PASSWORD");
        try (var context = factory.createContext(user, password, JMSContext.CLIENT_ACKNOWLEDGE)) {
            context.setExceptionListener(lost -> {
                System.err.println(lost.getMessage());
                System.exit(1);
            });
            // Ctrl-C and SIGTERM: receive() returns null then.
            Runtime.getRuntime().addShutdownHook(new Thread(context::close));
            var consumer = context.createConsumer(context.createQueue("your-queue"));
            for (Message message; (message = consumer.receive()) != null; ) {
                System.out.println(message.getBody(String.class));
                message.acknowledge();
            }
        }
    }
}
// endregion
