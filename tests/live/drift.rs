//! Somebody changes things by hand: what is told about it, and what an apply does.

use serde_json::json;

use super::kafka_client::Kafka;
use super::lab::{Lab, docker, identity, same};
use super::rabbit::{ROOT, Rabbit};

const SPEC: &str = r#"brokers:
  events:
    kind: kafka
    version: "4.3"
    storage: memory
    topics:
      orders: { partitions: 3, config: { retention.ms: 7d } }
      stock: { partitions: 2 }
  jobs:
    kind: rabbitmq
    version: "4.0"
    storage: memory
    exchanges:
      mail: { type: topic }
    queues:
      mail.eu: { type: quorum, bindings: [ { exchange: mail, routing_key: "mail.eu.#" } ] }
      mail.us: { bindings: [ { exchange: mail, routing_key: mail.us } ] }
    policies:
      short: { pattern: "^mail\\.us$", apply_to: queues, definition: { message-ttl: 60000 } }
    users:
      mailer: { password: "${env:MAILER_PASSWORD:-mailer}", permissions: { /: { configure: "", write: "", read: "mail.*" } } }
"#;

const QUEUE_GONE: &str = "\
+ jobs/queue/mail.eu: not there [mqlab.yaml:16] (moved: the broker)
+ jobs/binding/mail→mail.eu?mail.eu.%23: not there [mqlab.yaml:16] (moved: the broker)
";
const CONFIG_CHANGED: &str =
    "~ events/topic/orders: config.retention.ms: 1000 → 604800000 [mqlab.yaml:7] (moved: the broker)\n";
const POLICY_CHANGED: &str = "\
~ jobs/policy/short: definition: {\"message-ttl\":5} → {\"message-ttl\":60000} [mqlab.yaml:19] (moved: the broker)
";
/// Who moved cannot be told: no password is remembered.
const PASSWORD_CHANGED: &str = "~ jobs/user/mailer: password: *** → *** [mqlab.yaml:21]\n";

#[test]
fn changes_by_hand() {
    let mut lab = Lab::new("drift", SPEC);
    lab.set("MAILER_PASSWORD", "planted-Mail3r");
    lab.mqlab(&["up"]).code(0);
    let rabbit = Rabbit::jobs(&lab.env());
    let scene = Scene { kafka: Kafka::events(&lab.env()), declared: rabbit.definitions(), lab, rabbit };
    scene.in_sync();
    scene.each_alone();
    scene.all_together();
    scene.what_the_file_does_not_have_is_listed_and_stays();
    scene.grown_partitions_are_said_and_never_undone();
    scene.who_moved_is_told();
    scene.drift_is_about_now_and_a_plan_about_then();
    scene.the_folder_is_lost();
    scene.what_is_in_memory_goes_when_it_stops();
    scene.lab.kept_secret("planted-Mail3r");
    scene.lab.kept_secret(&scene.lab.env()["JOBS_PASSWORD"]);
}

struct Scene {
    lab: Lab,
    kafka: Kafka,
    rabbit: Rabbit,
    /// All of RabbitMQ as it was right after the first `up`.
    declared: String,
}

impl Scene {
    #[track_caller]
    fn in_sync(&self) {
        self.lab.mqlab(&["drift"]).code(0).says("In sync: the file and the brokers agree.");
        same(&self.rabbit.definitions(), &self.declared);
    }

    /// The whole of what `drift` finds, in its stable form.
    #[track_caller]
    fn drifts(&self, steps: &str, footer: &str) {
        same(&self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout, &format!("{steps}Plan: {footer}\n"));
    }

    #[track_caller]
    fn repairs(&self) {
        self.lab.mqlab(&["apply"]).code(0);
        self.in_sync();
        assert_eq!(self.kafka.configs("orders"), [("retention.ms".into(), "604800000".into())].into());
    }

    fn delete_the_queue(&self) {
        self.rabbit.delete(&format!("queues/{ROOT}/mail.eu"));
    }

    fn change_the_config(&self) {
        self.kafka.set("orders", "retention.ms", "1000");
    }

    fn change_the_policy(&self) {
        let policy = json!({ "pattern": "^mail\\.us$", "apply-to": "queues", "definition": { "message-ttl": 5 } });
        self.rabbit.put(&format!("policies/{ROOT}/short"), &policy);
    }

    fn change_the_password(&self) {
        self.rabbit.put("users/mailer", &json!({ "password": "by-hand", "tags": "" }));
    }

    /// A broker whose container is to be made anew is compared all the same.
    fn drift_is_about_now_and_a_plan_about_then(&self) {
        let container = identity(&self.lab.container("jobs"));
        self.lab.edit("    version: \"4.0\"\n", "    version: \"4.0\"\n    memory: 900MiB\n");
        self.delete_the_queue();
        let drift = self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout;
        // A line further down.
        let gone = QUEUE_GONE.replace("yaml:16]", "yaml:17]");
        assert!(drift.starts_with("-/+ jobs/node/1: ") && drift.contains(&gone), "{drift}");
        assert_eq!(drift.lines().filter(|line| line.starts_with("+ ")).count(), 2, "{drift}");
        // In memory, it will have nothing of what it has.
        self.lab.mqlab(&["plan"]).code(0).says("jobs (as on an empty broker)").says("queue/mail.us");
        // It makes the queue, and says that this is not all.
        let apply = self.lab.mqlab(&["apply"]).code(5);
        apply.says("an apply leaves containers alone").says("mqlab up");
        self.lab.edit("    memory: 900MiB\n", "");
        self.repairs();
        assert_eq!(identity(&self.lab.container("jobs")), container);
    }

    fn each_alone(&self) {
        let changed = "0 create, 1 update, 0 replace, 0 delete; 12 unchanged; 0 unmanaged";
        self.delete_the_queue();
        self.drifts(QUEUE_GONE, "2 create, 0 update, 0 replace, 0 delete; 11 unchanged; 0 unmanaged");
        self.repairs();
        self.change_the_config();
        self.drifts(CONFIG_CHANGED, changed);
        self.repairs();
        self.change_the_policy();
        self.drifts(POLICY_CHANGED, changed);
        self.repairs();
        self.change_the_password();
        self.drifts(PASSWORD_CHANGED, changed);
        self.repairs();
        self.rabbit.login("mailer", "planted-Mail3r").talk(ROOT).unwrap().close();
    }

    fn all_together(&self) {
        self.delete_the_queue();
        self.change_the_config();
        self.change_the_policy();
        self.change_the_password();
        let (queue, binding) = QUEUE_GONE.split_once('\n').unwrap();
        let steps = format!("{CONFIG_CHANGED}{POLICY_CHANGED}{queue}\n{binding}{PASSWORD_CHANGED}");
        self.drifts(&steps, "2 create, 3 update, 0 replace, 0 delete; 8 unchanged; 0 unmanaged");
        self.repairs();
    }

    fn what_the_file_does_not_have_is_listed_and_stays(&self) {
        self.rabbit.bind("mail", "mail.us", "by.hand");
        self.kafka.create("by-hand", 1);
        let listed = "\
? events/topic/by-hand
? jobs/binding/mail→mail.us?by.hand
Plan: 0 create, 0 update, 0 replace, 0 delete; 13 unchanged; 2 unmanaged
";
        same(&self.lab.mqlab(&["drift", "--format", "plain"]).code(0).stdout, listed);
        same(&self.lab.mqlab(&["drift", "--strict", "--format", "plain"]).code(3).stdout, listed);
        self.lab.mqlab(&["apply"]).code(0);
        assert_eq!(self.rabbit.bindings("mail.us"), ["mail by.hand".into(), "mail mail.us".into()].into());

        self.lab.mqlab(&["apply", "--delete", "jobs/binding/mail→mail.us?by.hand"]).code(0);
        assert_eq!(self.rabbit.bindings("mail.us"), ["mail mail.us".into()].into());
        let declared = "jobs/binding/mail→mail.us?mail.us";
        self.lab.mqlab(&["apply", "--delete", declared]).code(2).says("it is in the file: take it out there first");
        assert_eq!(self.rabbit.bindings("mail.us"), ["mail mail.us".into()].into());

        let topic = ["apply", "--delete", "events/topic/by-hand"];
        self.lab.mqlab(&topic).code(5).says("mqlab apply --delete events/topic/by-hand --allow-data-loss");
        let unasked = [&topic[..], &["--allow-data-loss"]].concat();
        self.lab.mqlab(&unasked).code(5).says("run it again with `--yes`");
        assert!(self.kafka.partitions().contains_key("by-hand"));
        self.lab.mqlab(&[&unasked[..], &["--yes"]].concat()).code(0);
        assert!(!self.kafka.partitions().contains_key("by-hand"));
        self.lab.mqlab(&["drift", "--strict"]).code(0);
        self.in_sync();
    }

    fn grown_partitions_are_said_and_never_undone(&self) {
        self.kafka.grow("stock", 5);
        self.delete_the_queue();
        let blocked = "! events/topic/stock: partitions: 5 → 2 [mqlab.yaml:8] (moved: the broker) | \
            Kafka cannot remove partitions: the topic has 5 and the file says 2 | set `partitions: 5`, or lose its \
            messages with `mqlab apply --replace events/topic/stock --allow-data-loss`\n";
        let footer = "2 create, 0 update, 0 replace, 0 delete, 1 blocked; 10 unchanged; 0 unmanaged";
        self.drifts(&format!("{blocked}{QUEUE_GONE}"), footer);
        self.lab.mqlab(&["apply"]).code(5);
        self.drifts(blocked, "0 create, 0 update, 0 replace, 0 delete, 1 blocked; 12 unchanged; 0 unmanaged");
        same(&self.rabbit.definitions(), &self.declared);
        assert_eq!(self.kafka.partitions()["stock"], 5);
        self.lab.edit("stock: { partitions: 2 }", "stock: { partitions: 5 }");
        self.in_sync();
    }

    fn who_moved_is_told(&self) {
        self.lab.mqlab(&["apply"]).code(0);
        let line = |old: &str, new: &str, who: &str| {
            format!("~ events/topic/orders: config.retention.ms: {old} → {new} [mqlab.yaml:7] (moved: {who})\n")
        };
        let footer = "0 create, 1 update, 0 replace, 0 delete; 12 unchanged; 0 unmanaged";
        self.lab.edit("retention.ms: 7d", "retention.ms: 8d");
        self.drifts(&line("604800000", "691200000", "the file"), footer);
        self.change_the_config();
        self.drifts(&line("1000", "691200000", "the file and the broker"), footer);
        self.lab.edit("retention.ms: 8d", "retention.ms: 7d");
        self.drifts(&line("1000", "604800000", "the broker"), footer);
        self.repairs();
    }

    /// Nothing is lost with it, access included.
    fn the_folder_is_lost(&self) {
        let before = ["events", "jobs"].map(|broker| identity(&self.lab.container(broker)));
        let old = self.lab.env();
        std::fs::remove_dir_all(self.lab.path(".mqlab")).unwrap();
        self.lab.mqlab(&["env"]).code(1).says("mqlab up");
        self.lab.mqlab(&["drift"]).code(1).says("mqlab up");
        self.lab.mqlab(&["status"]).code(1).says("mqlab up");
        assert!(!self.lab.path(".mqlab").exists(), "what only looks writes nothing");
        let reset = "the password of `mqlab` was not the one in .mqlab/; it was set again through the container";
        self.lab.mqlab(&["up"]).code(0).says(reset).says("Nothing to do");
        let new = self.lab.env();
        assert_ne!(new["JOBS_PASSWORD"], old["JOBS_PASSWORD"]);
        assert_eq!(self.rabbit.ask(reqwest::Method::GET, "whoami", None).0, 401, "the old password is over");
        let rabbit = Rabbit::jobs(&new);
        same(&rabbit.definitions(), &self.declared);
        rabbit.login("mailer", "planted-Mail3r").talk(ROOT).unwrap().close();
        assert_eq!(["events", "jobs"].map(|broker| identity(&self.lab.container(broker))), before);
        self.lab.mqlab(&["drift", "--strict"]).code(0);
        self.lab.mqlab(&["up"]).code(0).never_says("set again");

        // The user itself can go too; `apply` asks nothing of a container.
        docker(&["exec", &self.lab.container("jobs"), "rabbitmqctl", "-q", "delete_user", "mqlab"]);
        self.lab.mqlab(&["up"]).code(0).says(reset);
        same(&Rabbit::jobs(&self.lab.env()).definitions(), &self.declared);
    }

    fn what_is_in_memory_goes_when_it_stops(&self) {
        let loss = "has `storage: memory`: what is inside goes now";
        self.kafka.produce("stock", 3);
        self.lab.mqlab(&["restart", "events"]).code(0).says(&format!("`events` {loss}")).never_says("`jobs`");
        self.lab.mqlab(&["stop", "jobs"]).code(0).says(&format!("`jobs` {loss}"));
        self.lab.mqlab(&["stop", "jobs"]).code(0).never_says(loss);
        self.lab.mqlab(&["up"]).code(0);
        let env = self.lab.env();
        same(&Rabbit::jobs(&env).definitions(), &self.declared);
        assert_eq!(Kafka::events(&env).count("stock"), 0);
        self.lab.mqlab(&["drift"]).code(0);
    }
}
