import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.apache.kafka.coordinator.group.api.assignor.SubscriptionType;
import org.apache.kafka.coordinator.group.assignor.SimpleAssignor;
import org.apache.kafka.coordinator.group.modern.Assignment;
import org.apache.kafka.coordinator.group.modern.GroupSpecImpl;
import org.apache.kafka.coordinator.group.modern.MemberSubscriptionAndAssignmentImpl;

/**
 * What Kafka's own Java code decides. Usage: Vectors, a question as JSON on standard input, the answer as JSON on
 * standard output.
 *
 * {"partitions": [3, 6], "keys": ["a"]} is answered with a list of partitions per key, as the producer picks them.
 * {"cases": [{"strategy", "members", "topics", "then"}]} with the rounds of assignments per case: {"c1": ["topic|0"]};
 * first those of "members", then, if "then" lists other members, those that the change leads to.
 */
final class Vectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        JsonNode question = JSON.readTree(System.in);
        ArrayNode answer = JSON.createArrayNode();
        if (question.has("keys")) {
            for (JsonNode key : question.get("keys")) {
                ArrayNode own = answer.addArray();
                byte[] bytes = key.asText().getBytes(StandardCharsets.UTF_8);
                for (JsonNode partitions : question.get("partitions")) {
                    own.add(BuiltInPartitioner.partitionForKey(bytes, partitions.asInt()));
                }
            }
        } else {
            for (JsonNode one : question.get("cases")) {
                answer.add(rounds(one));
            }
        }
        System.out.println(JSON.writeValueAsString(answer));
    }

    private static ArrayNode rounds(JsonNode one) {
        String strategy = one.get("strategy").asText();
        Map<String, Integer> topics = new TreeMap<>();
        one.get("topics").fields().forEachRemaining(topic -> topics.put(topic.getKey(), topic.getValue().asInt()));
        ArrayNode all = JSON.createArrayNode();
        Map<String, List<TopicPartition>> owned = new TreeMap<>();
        for (String step : List.of("members", "then")) {
            if (!one.has(step)) {
                continue;
            }
            Set<String> members = new TreeSet<>();
            one.get(step).forEach(member -> members.add(member.asText()));
            Map<String, List<TopicPartition>> before;
            do {
                before = owned;
                owned = strategy.equals("share") ? share(members, topics) : consumer(strategy, members, topics, owned);
                all.add(shown(owned));
            } while (strategy.equals("cooperative-sticky") && count(owned) < count(topics));
        }
        return all;
    }

    private static int count(Map<?, ?> all) {
        int count = 0;
        for (Object one : all.values()) {
            count += one instanceof Integer ? (Integer) one : ((Collection<?>) one).size();
        }
        return count;
    }

    private static Map<String, List<TopicPartition>> consumer(
            String strategy, Set<String> members, Map<String, Integer> topics, Map<String, List<TopicPartition>> owned) {
        ConsumerPartitionAssignor assignor = switch (strategy) {
            case "range" -> new RangeAssignor();
            case "roundrobin" -> new RoundRobinAssignor();
            case "sticky" -> new StickyAssignor();
            default -> new CooperativeStickyAssignor();
        };
        List<PartitionInfo> infos = new ArrayList<>();
        Node node = new Node(1, "localhost", 9092);
        Node[] nodes = {node};
        topics.forEach((topic, count) -> {
            for (int partition = 0; partition < count; partition++) {
                infos.add(new PartitionInfo(topic, partition, node, nodes, nodes));
            }
        });
        Cluster cluster = new Cluster("test", List.of(node), infos, Set.of(), Set.of());
        List<String> names = new ArrayList<>(topics.keySet());
        Map<String, Subscription> subscriptions = new HashMap<>();
        for (String member : members) {
            List<TopicPartition> own = owned.getOrDefault(member, List.of());
            ByteBuffer data = null;
            if (strategy.equals("sticky") && owned.containsKey(member)) {
                StickyAssignor mine = new StickyAssignor();
                mine.onAssignment(new ConsumerPartitionAssignor.Assignment(own), new ConsumerGroupMetadata("group", 1, member, Optional.empty()));
                data = mine.subscriptionUserData(new HashSet<>(names));
            } else if (strategy.equals("cooperative-sticky")) {
                data = new CooperativeStickyAssignor().subscriptionUserData(new HashSet<>(names));
            }
            subscriptions.put(member, new Subscription(names, data, own, 1, Optional.empty()));
        }
        Map<String, List<TopicPartition>> found = new TreeMap<>();
        assignor.assign(cluster, new GroupSubscription(subscriptions)).groupAssignment()
                .forEach((member, assignment) -> found.put(member, assignment.partitions()));
        return found;
    }

    private static Map<String, List<TopicPartition>> share(Set<String> members, Map<String, Integer> topics) {
        Map<Uuid, String> names = new HashMap<>();
        topics.keySet().forEach(topic -> names.put(new Uuid(1, names.size() + 1), topic));
        Map<String, MemberSubscriptionAndAssignmentImpl> specs = new TreeMap<>();
        for (String member : members) {
            specs.put(member, new MemberSubscriptionAndAssignmentImpl(Optional.empty(), Optional.empty(), names.keySet(), Assignment.EMPTY));
        }
        SubscribedTopicDescriber describer = new SubscribedTopicDescriber() {
            @Override
            public int numPartitions(Uuid id) {
                return topics.get(names.get(id));
            }

            @Override
            public Set<String> racksForPartition(Uuid id, int partition) {
                return Set.of();
            }
        };
        Map<String, List<TopicPartition>> found = new TreeMap<>();
        new SimpleAssignor().assign(new GroupSpecImpl(specs, SubscriptionType.HOMOGENEOUS, Map.of()), describer).members()
                .forEach((member, assignment) -> {
                    List<TopicPartition> own = new ArrayList<>();
                    assignment.partitions().forEach((id, partitions) ->
                            partitions.forEach(partition -> own.add(new TopicPartition(names.get(id), partition))));
                    found.put(member, own);
                });
        return found;
    }

    private static ObjectNode shown(Map<String, List<TopicPartition>> assignment) {
        ObjectNode all = JSON.createObjectNode();
        assignment.forEach((member, own) -> {
            ArrayNode list = all.putArray(member);
            own.stream().sorted((one, two) -> one.topic().equals(two.topic())
                    ? one.partition() - two.partition() : one.topic().compareTo(two.topic()))
                    .forEach(partition -> list.add(partition.topic() + "|" + partition.partition()));
        });
        return all;
    }
}
