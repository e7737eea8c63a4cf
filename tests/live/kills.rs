//! Killing the command, and the broker, at every moment: the same command again makes all well.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::failures::signal;
use super::lab::{Lab, docker, is_podman, until};
use super::rabbit::{ROOT, Rabbit};
use super::strangers::{Stranger, image, of_stack};

/// On a volume, so that volumes come and stay too.
const SPEC: &str = "\
brokers:
  jobs:
    kind: rabbitmq
    env: { ROUND: \"0\" }
    exchanges: { mail: { type: topic } }
    queues:
      letters: { type: quorum, bindings: [ { exchange: mail, routing_key: letter } ] }
";

/// Something that can be seen from outside.
#[derive(Clone, Debug)]
enum Moment {
    /// The engine tells of it: `network create live-kills`.
    Engine(&'static str),
    /// A line on standard error has this text.
    Line(&'static str),
    /// This file of the spec's folder is new, or not the one that it was.
    File(String),
    /// So long after the start.
    After(Duration),
}

/// What the engine tells as it happens, one line each.
struct EngineEvents {
    child: Child,
    lines: Receiver<String>,
}

impl EngineEvents {
    fn listen() -> Self {
        static PROBES: AtomicU32 = AtomicU32::new(0);
        let mut command = Command::new("docker");
        command.args([
            "events",
            "--format",
            "{{.Type}} {{.Action}} {{with .Actor.Attributes.name}}{{.}}{{else}}{{.Actor.ID}}{{end}}",
        ]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let events = Self { child, lines };
        // Heard once, it hears everything that comes.
        let probe = format!("live-kills-probe-{}-{}", std::process::id(), PROBES.fetch_add(1, Ordering::Relaxed));
        until("the engine's events", 10, || {
            docker(&["volume", "create", &probe]);
            docker(&["volume", "rm", &probe]);
            events.lines.recv_timeout(Duration::from_millis(200)).is_ok_and(|line| line.contains(&probe))
        });
        events
    }
}

impl Drop for EngineEvents {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn lines_of(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        // Nobody listens any more: then the rest is nobody's business.
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// How a run of the command ended.
#[derive(Debug)]
enum End {
    Killed,
    /// It was done before the moment came; with which code is for the failure's message.
    Itself(Option<i32>),
}

struct Scene {
    lab: Lab,
    events: EngineEvents,
    strangers: Vec<Stranger>,
}

impl Scene {
    fn new(name: &str) -> Self {
        let lab = Lab::new(name, SPEC);
        let foreign = |suffix: &str| format!("{}-foreign-{suffix}", lab.stack());
        let strangers = vec![
            // As near to ours as names can be.
            Stranger::container(&format!("{}-jobs-2", lab.stack()), &["--label", "dev.mqlab.stack=another"]),
            Stranger::container(&foreign("container"), &[]),
            Stranger::network(&foreign("network")),
            Stranger::volume(&format!("{}-jobs-1-other", lab.stack())),
        ];
        Self { lab, events: EngineEvents::listen(), strangers }
    }

    /// Runs `up` and kills it at the moment, at once.
    fn killed_at(&self, moment: &Moment) -> End {
        while self.events.lines.try_recv().is_ok() {}
        let before = match moment {
            Moment::File(name) => changed(&self.lab.path(name)),
            _ => None,
        };
        let told = match moment {
            Moment::Engine(text) => in_the_engines_words(&text.replace("STACK", self.lab.stack())),
            _ => String::new(),
        };
        let began = Instant::now();
        let mut command = self.lab.command(&["up", "--yes"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = lines_of(child.stderr.take().unwrap());
        loop {
            let has_come = match moment {
                Moment::Engine(_) => heard(&self.events.lines, |line| format!("{line}\n").starts_with(&told)),
                Moment::Line(text) => heard(&said, |line| line.contains(text)),
                Moment::File(name) => changed(&self.lab.path(name)) != before,
                Moment::After(delay) => began.elapsed() >= *delay,
            };
            if has_come {
                // It may have ended at this very moment.
                child.kill().ok();
                child.wait().unwrap();
                return End::Killed;
            }
            if let Some(status) = child.try_wait().unwrap() {
                return End::Itself(status.code());
            }
            assert!(began.elapsed() < Duration::from_mins(2), "{moment:?} does not come");
        }
    }

    /// The moment comes. Podman reads its events from a file and tells late, so there the run before may have gone on
    /// past it.
    #[track_caller]
    fn is_killed_at(&self, moment: &Moment) {
        let end = self.killed_at(moment);
        let is_well = match end {
            End::Killed => true,
            End::Itself(code) => is_podman() && code == Some(0),
        };
        assert!(is_well, "{moment:?}: {end:?}");
    }

    /// The same command again makes all well, and nobody else was touched.
    #[track_caller]
    fn converges(&self, what: &str) {
        let ran = self.lab.mqlab(&["up", "--yes"]);
        assert_eq!(ran.code, 0, "after {what}: {ran:#?}");
        let ran = self.lab.mqlab(&["drift", "--strict"]);
        assert_eq!(ran.code, 0, "after {what}: {ran:#?}");
        self.has_what_it_should(what);
    }

    /// Of ours all that there should be and no more; of others all that there was.
    #[track_caller]
    fn has_what_it_should(&self, what: &str) {
        let (name, stack) = (self.lab.container("jobs"), self.lab.stack());
        let wanted = [format!("container {name} running"), format!("network {stack}"), format!("volume {name}-data")];
        assert_eq!(of_stack(stack), wanted, "after {what}");
        self.strangers.iter().for_each(Stranger::is_untouched);
    }

    #[track_caller]
    fn goes(&self) {
        self.lab.mqlab(&["down", "--volumes", "--yes"]).code(0);
        assert_eq!(of_stack(self.lab.stack()), [""; 0]);
        self.strangers.iter().for_each(Stranger::is_untouched);
        // No lock is held: who works on it next is not refused.
        self.lab.mqlab(&["down"]).code(0).says("nothing of the stack");
    }

    fn rabbit(&self) -> Rabbit {
        Rabbit::jobs(&self.lab.env())
    }
}

/// How a line of the engine begins. Podman has other words: a network by its id, a container's end by another verb.
fn in_the_engines_words(text: &str) -> String {
    match text.strip_prefix("container destroy ") {
        Some(name) if is_podman() => format!("container remove {name}"),
        None if text.starts_with("network create ") && is_podman() => "network create ".to_owned(),
        _ => format!("{text}\n"),
    }
}

/// Podman tells nobody that files were copied into a container.
fn is_told(moment: &Moment) -> bool {
    !matches!(moment, Moment::Engine(text) if text.starts_with("container extract-to-dir ") && is_podman())
}

fn is_soak() -> bool {
    std::env::var_os("MQLAB_SOAK").is_some()
}

fn changed(file: &std::path::Path) -> Option<std::time::SystemTime> {
    file.metadata().and_then(|found| found.modified()).ok()
}

/// Whether a line that fits is there by now, or comes within a moment.
fn heard(lines: &Receiver<String>, fits: impl Fn(&str) -> bool) -> bool {
    loop {
        match lines.recv_timeout(Duration::from_millis(2)) {
            Ok(line) if fits(&line) => return true,
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return false,
        }
    }
}

/// Every effect of a first `up` until the broker runs, each run on what the one before left. In the soak each is
/// repaired by itself too.
#[test]
fn killed_after_every_effect_of_a_first_start() {
    let scene = Scene::new("kills");
    let moments = [
        Moment::File(format!(".mqlab/{}/secrets.json", scene.lab.stack())),
        Moment::Engine("network create STACK"),
        Moment::Engine("volume create STACK-jobs-1-data"),
        Moment::Engine("container create STACK-jobs-1.next"),
        Moment::Engine("container extract-to-dir STACK-jobs-1.next"),
        Moment::Engine("container rename STACK-jobs-1"),
        Moment::Engine("container start STACK-jobs-1"),
        Moment::Line("jobs starting"),
    ];
    let volume = format!("volume {}-data", scene.lab.container("jobs"));
    for moment in moments.iter().filter(|moment| is_told(moment)) {
        // Network and volume are made at the same time: who was killed after the one may have made both.
        let is_past = matches!(moment, Moment::Engine(text) if text.starts_with("volume create "))
            && of_stack(scene.lab.stack()).contains(&volume);
        if is_past {
            continue;
        }
        scene.is_killed_at(moment);
        scene.strangers.iter().for_each(Stranger::is_untouched);
        if is_soak() {
            scene.converges(&format!("{moment:?}"));
            scene.goes();
            std::fs::remove_dir_all(scene.lab.path(".mqlab")).unwrap();
        }
    }
    scene.converges("every effect");
    assert!(scene.lab.path("mqlab-site/index.html").exists());
    scene.goes();
}

/// A container that is made again beside the one that runs: what is in its volume stays.
#[test]
fn killed_after_every_effect_of_a_recreate() {
    let scene = Scene::new("kills-again");
    scene.converges("nothing");
    let talk = scene.rabbit().talk(ROOT).unwrap();
    talk.fill("letters", 3);
    talk.close();
    let moments = [
        Moment::Engine("container create STACK-jobs-1.next"),
        Moment::Engine("container die STACK-jobs-1"),
        Moment::Engine("container destroy STACK-jobs-1"),
        Moment::Engine("container rename STACK-jobs-1"),
        Moment::Engine("container start STACK-jobs-1"),
    ];
    for (round, moment) in moments.iter().enumerate() {
        scene.lab.edit(&format!("ROUND: \"{round}\""), &format!("ROUND: \"{}\"", round + 1));
        scene.is_killed_at(moment);
        scene.strangers.iter().for_each(Stranger::is_untouched);
    }
    // What the engine makes for one that is dead already, the next one finds.
    let late = format!("{}.next", scene.lab.container("jobs"));
    let label = format!("dev.mqlab.stack={}", scene.lab.stack());
    docker(&["create", "--name", &late, "--label", &label, &image()]);
    scene.converges("a container that came late");
    // And the broker dies as well.
    scene.lab.edit("ROUND: \"5\"", "ROUND: \"6\"");
    assert!(matches!(scene.killed_at(&Moment::Line("jobs starting")), End::Killed));
    docker(&["kill", &scene.lab.container("jobs")]);
    scene.converges("every effect of a recreate");
    let talk = scene.rabbit().talk(ROOT).unwrap();
    assert_eq!(talk.drain("letters").len(), 3);
    talk.close();
    scene.goes();
}

/// In the middle of the topology, on a broker that goes on running, or does not.
#[test]
fn killed_in_the_middle_of_the_topology() {
    let scene = Scene::new("kills-inside");
    scene.converges("nothing");
    let mut spec = SPEC.to_owned();
    let state = |file: &str| Moment::File(format!(".mqlab/{}/{file}", scene.lab.stack()));
    let moments = [
        Moment::Line("importing definitions"),
        Moment::Line("importing definitions"),
        Moment::Line("queues run and have a leader"),
        Moment::Line("a message goes round"),
        state("last.json"),
        state("report.json"),
        Moment::File("mqlab-site/.mqlab-site.json".to_owned()),
    ];
    for (round, moment) in moments.iter().enumerate() {
        (0..40).for_each(|number| spec.push_str(&format!("      q{round}.{number}: {{}}\n")));
        scene.lab.spec(&spec);
        let end = scene.killed_at(moment);
        assert!(matches!(end, End::Killed), "{moment:?}: {end:?}");
        if round == 1 {
            docker(&["kill", &scene.lab.container("jobs")]);
        }
        scene.converges(&format!("{moment:?}"));
        assert_eq!(scene.rabbit().get("queues").as_array().map_or(0, Vec::len), 1 + 40 * (round + 1));
    }
    // The first object that an independent client sees.
    spec.push_str("      last: {}\n");
    scene.lab.spec(&spec);
    let rabbit = scene.rabbit();
    let mut child = scene.lab.command(&["up"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the queue is there", 20, || rabbit.is_there(&format!("queues/{ROOT}/last")));
    child.kill().ok();
    child.wait().unwrap();
    scene.converges("the first object");
    scene.goes();
}

/// At random, from nothing: the seed is printed, and taken from `MQLAB_SEED`.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn killed_at_random() {
    let seed = std::env::var("MQLAB_SEED").map_or_else(|_| rand::rng().random(), |seed| seed.parse().unwrap());
    println!("MQLAB_SEED={seed}");
    let mut random = rand::rngs::StdRng::seed_from_u64(seed);
    let scene = Scene::new("kills-random");
    for round in 0..if is_soak() { 200 } else { 2 } {
        // Where containers and files are made most can happen; a start is long and uniform.
        let most = if random.random_bool(0.6) { 2_500 } else { 12_000 };
        for _ in 0..random.random_range(1..=3) {
            let delay = Duration::from_millis(random.random_range(0..most));
            scene.killed_at(&Moment::After(delay));
            scene.strangers.iter().for_each(Stranger::is_untouched);
            let name = scene.lab.container("jobs");
            if random.random_bool(0.3) && of_stack(scene.lab.stack()).contains(&format!("container {name} running")) {
                docker(&["kill", &name]);
            }
            if random.random_bool(0.2) {
                std::fs::remove_dir_all(scene.lab.path(".mqlab")).ok();
            }
        }
        scene.converges(&format!("round {round} of MQLAB_SEED={seed}"));
        scene.goes();
    }
}

/// Stops the first process of a container where it is: unlike `docker pause`, the engine does not undo this.
fn freeze(container: &str) {
    let inspect = |format: &str| docker(&["inspect", "--format", format, container]).trim().to_owned();
    let (process, image) = (inspect("{{.State.Pid}}"), inspect("{{.Image}}"));
    let host = ["run", "--rm", "--pid", "host", "--user", "0", "--entrypoint", "kill"];
    docker(&[&host[..], &[&image, "-STOP", &process]].concat());
}

/// Asked politely it says what was done; the next command goes on.
#[test]
fn signals() {
    let scene = Scene::new("signals");
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let mut command = scene.lab.command(&["up", "--format", "json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = lines_of(child.stderr.take().unwrap());
        // In the middle of the start the containers are there, and nothing inside.
        until("it waits for the broker", 60, || heard(&said, |line| line.contains("jobs starting")));
        signal(name, child.id());
        let began = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert!(began.elapsed() < Duration::from_secs(5));
        assert_eq!(output.status.code(), Some(code));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["exit_code"], code);
        let failures = report["failures"].as_array().unwrap();
        assert_eq!(failures.len(), 1, "{report:#}");
        assert_eq!(failures[0]["text"], "stopped on request");
        let rest: Vec<String> = said.iter().collect();
        assert!(rest.iter().any(|line| line.contains("once more kills")), "{rest:?}");
        assert_eq!(of_stack(scene.lab.stack()).len(), 3);
        docker(&["kill", &scene.lab.container("jobs")]);
    }
    // A process that cannot take a polite stop keeps the first one waiting; the second one does not wait.
    scene.lab.mqlab(&["up", "--yes"]).code(0);
    let container = scene.lab.container("jobs");
    freeze(&container);
    while scene.events.lines.try_recv().is_ok() {}
    let mut child = scene.lab.command(&["stop"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let said = lines_of(child.stderr.take().unwrap());
    until("it stops the container", 10, || {
        heard(&scene.events.lines, |line| line == format!("container kill {container}"))
    });
    signal("INT", child.id());
    until("it heard the first one", 5, || heard(&said, |line| line.contains("once more kills")));
    assert_eq!(child.try_wait().unwrap(), None, "the first one does not wait");
    signal("INT", child.id());
    until("it ends", 5, || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    docker(&["kill", &container]);
    scene.converges("signals");
    scene.goes();
}

/// Names of networks need not be unique, and a run that was killed may have asked for one that the engine makes later.
#[test]
fn a_network_that_comes_late() {
    let lab = Lab::new("late-network", "brokers: { jobs: { kind: rabbitmq, version: \"4.0\", storage: memory } }\n");
    lab.mqlab(&["up"]).code(0);
    let label = |name: &str| {
        let format = format!("{{{{ index .Labels \"{name}\" }}}}");
        format!("{name}={}", docker(&["network", "inspect", "--format", &format, lab.stack()]).trim())
    };
    let (stack, folder) = (label("dev.mqlab.stack"), label("dev.mqlab.dir"));
    // The docker command looks whether there is one; the engine does not.
    let labels: BTreeMap<&str, &str> = [&stack, &folder].map(|label| label.split_once('=').unwrap()).into();
    let body = json!({ "Name": lab.stack(), "Labels": labels }).to_string();
    let host = std::env::var_os("DOCKER_HOST").map(|host| host.into_string().unwrap());
    let host = host.as_deref().unwrap_or("unix:///var/run/docker.sock");
    let mut socket = UnixStream::connect(host.strip_prefix("unix://").unwrap()).unwrap();
    let head = "POST /v1.41/networks/create HTTP/1.0\r\nHost: engine\r\nContent-Type: application/json\r\n";
    write!(socket, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    // Docker 25 and Podman know a name only once: there nothing can come late.
    if answer.contains(" 409 ") {
        lab.mqlab(&["up"]).code(0).says("Nothing to do");
        return;
    }
    assert!(answer.contains(" 201 "), "{answer}");
    let networks = || docker(&["network", "ls", "--filter", &format!("label={stack}"), "--quiet"]).lines().count();
    assert_eq!(networks(), 2);
    lab.mqlab(&["up"]).code(0).says("removed a second network");
    assert_eq!(networks(), 1);
    lab.mqlab(&["drift"]).code(0);
}
