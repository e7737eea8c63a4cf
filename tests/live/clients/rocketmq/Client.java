import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.*;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.*;
import org.apache.rocketmq.client.producer.*;
import org.apache.rocketmq.client.producer.selector.SelectMessageQueueByHash;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.*;

/** RocketMQ's own remoting client, as any program uses it. */
public class Client {
    public static void main(String[] arguments) {
        String server = arguments.length > 1 ? arguments[1] : "";
        try {
            switch (arguments[0]) {
                case "rounds" -> rounds(server);
                case "produce" -> produce(server, arguments[2]);
                case "queues" -> queues();
                case "drain" -> drain(server, arguments[2], arguments[3], Integer.parseInt(arguments[4]));
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.exit(0);
        } catch (Throwable failure) {
            // The client's own threads would keep the process for ever.
            failure.printStackTrace();
            System.exit(1);
        }
    }

    /**
     * Numbers of queues in the first line, a key in each other one: which queue a message group and a sharding key
     * lead to. For a group it is the proxy that decides, by the call of its SendMessageActivity.
     */
    static void queues() {
        Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
        List<Integer> counts = Arrays.stream(lines.nextLine().split(" ")).map(Integer::valueOf).toList();
        List<List<List<Integer>>> answers = new ArrayList<>();
        while (lines.hasNextLine()) {
            String key = lines.nextLine();
            List<Integer> groups = counts.stream().map(count -> Hashing.consistentHash(key.hashCode(), count)).toList();
            List<Integer> shards = counts.stream().map(count -> {
                List<MessageQueue> queues = new ArrayList<>();
                for (int queue = 0; queue < count; queue++) {
                    queues.add(new MessageQueue("topic", "broker", queue));
                }
                return new SelectMessageQueueByHash().select(queues, null, key).getQueueId();
            }).toList();
            answers.add(List.of(groups, shards));
        }
        System.out.println(answers);
    }

    /** Three messages of each type: out, and in again. */
    static void rounds(String server) throws Exception {
        String run = Long.toHexString(System.nanoTime());
        DefaultMQProducer producer = producer(server, run);
        List<String> bodies = List.of(run + "-0", run + "-1", run + "-2");
        for (String body : bodies) {
            producer.send(new Message("plain", body.getBytes()));
            Message ordered = new Message("ordered", body.getBytes());
            // What the clients of version 5 call the message group.
            MessageAccessor.putProperty(ordered, MessageConst.PROPERTY_SHARDING_KEY, run);
            producer.send(ordered, (queues, message, none) -> queues.get(0), null);
            Message later = new Message("later", body.getBytes());
            later.setDelayTimeMs(1000);
            producer.send(later);
        }
        halves(server, run, bodies);
        for (String topic : List.of("plain", "ordered", "later")) {
            tell(topic, take(server, topic, topic + "_readers", topic.equals("ordered"), bodies, 120), bodies);
        }
        // A proxy forgets a group of producers whose heartbeat it has not had yet, and then asks nobody about its half
        // messages until the next one is sent (5.5.0, scanProducerHeartBeat).
        List<String> found = take(server, "halves", "halves_readers", false, bodies, 60);
        for (int again = 1; again < 4 && found.size() < bodies.size(); again++) {
            halves(server, run + "-" + again, bodies);
            found = take(server, "halves", "halves_readers", false, bodies, 60);
        }
        tell("halves", found, bodies);
    }

    static void tell(String topic, List<String> found, List<String> bodies) {
        if (!topic.equals("ordered")) {
            Collections.sort(found);
        }
        System.out.println(topic + (found.equals(bodies) ? " ok" : " lost: " + found));
    }

    /** One is rolled back, one is committed when the broker asks about it, the others at once. */
    static void halves(String server, String run, List<String> bodies) throws Exception {
        TransactionMQProducer producer = new TransactionMQProducer("halves-" + run);
        producer.setNamesrvAddr(server);
        producer.setTransactionListener(new TransactionListener() {
            public LocalTransactionState executeLocalTransaction(Message message, Object state) {
                return (LocalTransactionState) state;
            }

            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                return LocalTransactionState.COMMIT_MESSAGE;
            }
        });
        producer.start();
        LocalTransactionState[] states = {
            LocalTransactionState.COMMIT_MESSAGE, LocalTransactionState.UNKNOW, LocalTransactionState.COMMIT_MESSAGE
        };
        producer.sendMessageInTransaction(
            new Message("halves", "never".getBytes()), LocalTransactionState.ROLLBACK_MESSAGE);
        for (int index = 0; index < states.length; index++) {
            producer.sendMessageInTransaction(new Message("halves", bodies.get(index).getBytes()), states[index]);
        }
        // It must be there when it is asked about.
        keep.add(producer);
    }

    static final List<Object> keep = new ArrayList<>();

    /** Sends until its input ends. A line for each: `SEND_OK body`, or `- why`. */
    static void produce(String server, String topic) throws Exception {
        DefaultMQProducer producer = producer(server, Long.toHexString(System.nanoTime()));
        producer.setRetryTimesWhenSendFailed(0);
        producer.setSendMsgTimeout(5000);
        Thread sender = new Thread(() -> {
            for (int number = 0; ; number++) {
                String body = "message-" + number;
                try {
                    System.out.println(producer.send(new Message(topic, body.getBytes())).getSendStatus() + " " + body);
                    Thread.sleep(2);
                } catch (Exception error) {
                    System.out.println("- " + String.valueOf(error.getMessage()).lines().findFirst().orElse(""));
                }
            }
        });
        sender.setDaemon(true);
        sender.start();
        while (System.in.read() >= 0) {
        }
    }

    /** Prints every message of a topic: until none has come for five seconds, or the first not within so many. */
    static void drain(String server, String topic, String group, int seconds) throws Exception {
        Set<String> found = ConcurrentHashMap.newKeySet();
        var quiet = new java.util.concurrent.atomic.AtomicLong(System.currentTimeMillis() + seconds * 1000L);
        DefaultMQPushConsumer consumer = consumer(server, topic, group);
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            messages.forEach(message -> found.add(new String(message.getBody())));
            quiet.set(System.currentTimeMillis() + 5000);
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();
        while (System.currentTimeMillis() < quiet.get()) {
            Thread.sleep(100);
        }
        consumer.shutdown();
        found.forEach(System.out::println);
    }

    static List<String> take(
        String server, String topic, String group, boolean ordered, List<String> wanted, int seconds) throws Exception {
        List<String> found = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch missing = new CountDownLatch(wanted.size());
        DefaultMQPushConsumer consumer = consumer(server, topic, group);
        java.util.function.Consumer<List<MessageExt>> note = messages -> messages.forEach(message -> {
            String body = new String(message.getBody());
            if (wanted.contains(body) && !found.contains(body)) {
                found.add(body);
                missing.countDown();
            }
        });
        if (ordered) {
            consumer.registerMessageListener((MessageListenerOrderly) (messages, context) -> {
                note.accept(messages);
                return ConsumeOrderlyStatus.SUCCESS;
            });
        } else {
            consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
                note.accept(messages);
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
        }
        consumer.start();
        missing.await(seconds, TimeUnit.SECONDS);
        consumer.shutdown();
        return new ArrayList<>(found);
    }

    static DefaultMQProducer producer(String server, String run) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer("producer-" + run);
        producer.setNamesrvAddr(server);
        producer.setInstanceName(run);
        producer.start();
        return producer;
    }

    static DefaultMQPushConsumer consumer(String server, String topic, String group) throws Exception {
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(server);
        consumer.setInstanceName(UUID.randomUUID().toString());
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        return consumer;
    }
}
