// region: send
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Send {
    public static void main(String[] args) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", System.getenv("MQLAB_URL"), "acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            // send() only queues: get() waits for the answer, and throws if it is no.
            producer.send(new ProducerRecord<>("your-topic", "greeting", "Hello from Java")).get();
        }
    }
}
// endregion
