// region: receive
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class Receive {
    public static void main(String[] args) {
        Map<String, Object> settings = Map.of(
            "bootstrap.servers", System.getenv("MQLAB_URL"),
            "group.id", "your-group",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false");
        var running = new AtomicBoolean(true);
        var main = Thread.currentThread();
        // Ctrl-C and SIGTERM: without close() the group would wait for this member.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            running.set(false);
            try {
                main.join();
            } catch (InterruptedException ended) {
                main.interrupt();
            }
        }));
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("your-topic"));
            while (running.get()) {
                for (var message : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.println(message.value());
                }
                consumer.commitSync();
            }
        }
    }
}
// endregion
