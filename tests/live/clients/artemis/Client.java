import java.util.concurrent.TimeUnit;
import javax.jms.*;

/** Clients of JMS that are not ours: ActiveMQ's own over OpenWire, and Artemis' over Core. */
public class Client {
    static final long PATIENCE = 20_000;

    public static void main(String[] arguments) throws Exception {
        String url = arguments[1], user = arguments[2], password = arguments[3];
        switch (arguments[0]) {
            case "through" -> {
                var factory = new org.apache.activemq.ActiveMQConnectionFactory(url);
                try (Connection connection = factory.createConnection(user, password)) {
                    System.out.println(through(connection, arguments[4], arguments[5]));
                }
            }
            case "reject" -> {
                var factory = new org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory(url);
                try (Connection connection = factory.createConnection(user, password)) {
                    System.out.println(reject(connection, arguments[4], arguments[5]));
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Sends a message and takes it. */
    static String through(Connection connection, String queue, String body) throws Exception {
        connection.start();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        session.createProducer(session.createQueue(queue)).send(session.createTextMessage(body));
        return text(session.createConsumer(session.createQueue(queue)).receive(PATIENCE));
    }

    /** Gives a message up whenever it comes: how often that was until it was among the dead, and what is there. */
    static String reject(Connection connection, String queue, String dead) throws Exception {
        connection.start();
        Session ours = connection.createSession(true, Session.SESSION_TRANSACTED);
        Session theirs = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer from = ours.createConsumer(ours.createQueue(queue));
        MessageConsumer among = theirs.createConsumer(theirs.createQueue(dead));
        int times = 0;
        Message found = null;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE);
        while (found == null && System.nanoTime() < end) {
            if (from.receive(100) != null) {
                times++;
                ours.rollback();
            }
            found = among.receive(100);
        }
        return times + " times " + text(found);
    }

    static String text(Message message) throws Exception {
        return message == null ? "and nothing came" : ((TextMessage) message).getText();
    }
}
