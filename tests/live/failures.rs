//! What can be wrong around a stack: each ends in its own message and exit code, in time, and leaves nothing behind.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;
use std::time::Duration;

use super::lab::{Lab, Ran, docker, same, until};
use super::strangers::{Stranger, image, of_stack};

/// Nothing in it that takes time: the broker starts only where a scenario wants it.
const RABBIT: &str = "brokers:\n  jobs: { kind: rabbitmq, storage: memory }\n";
/// The entrypoint of the image refuses this variable at once.
const DIES: &str =
    "brokers:\n  jobs: { kind: rabbitmq, storage: memory, env: { RABBITMQ_DEFAULT_PASS_FILE: /run/secrets/x } }\n";

fn fails(lab: &Lab, verb: &str, code: i32, wanted: &str) -> Ran {
    let ran = lab.mqlab(&[verb]);
    assert_eq!(ran.code, code, "{ran:#?}");
    same(&ran.stderr, wanted);
    ran
}

#[test]
fn no_engine() {
    let mut lab = Lab::new("no-engine", RABBIT);
    let quick = |ran: &Ran| assert!(ran.took < Duration::from_secs(3), "{ran:#?}");

    lab.set("DOCKER_HOST", "tcp://127.0.0.1:1");
    let refused = "error: no Docker engine answers at tcp://127.0.0.1:1 (DOCKER_HOST): Connection refused (os error 111)\n  \
                   check the address, and that the engine listens there\n";
    for verb in ["up", "plan", "apply", "drift", "status", "down", "stop", "ls", "logs", "env"] {
        quick(&fails(&lab, verb, 1, refused));
    }
    lab.mqlab(&["check"]).code(0);
    lab.mqlab(&["site", "build"]).code(0);

    let hint = "start it with `sudo systemctl start docker`, or set DOCKER_HOST or DOCKER_CONTEXT to another one";
    let socket = format!("unix://{}", lab.path("nobody.sock").display());
    lab.set("DOCKER_HOST", &socket);
    let missing = format!(
        "error: no Docker engine answers at {socket} (DOCKER_HOST): Socket not found: {}\n  {hint}\n",
        lab.path("nobody.sock").display()
    );
    quick(&fails(&lab, "up", 1, &missing));

    lab.set("DOCKER_HOST", "");
    lab.set("DOCKER_CONTEXT", "nowhere");
    let context = "error: context \"nowhere\" names the engine `nowhere`, which mqlab cannot use: there is no such \
                   context (`docker context ls` lists them)\n";
    quick(&fails(&lab, "up", 1, context));
}

/// Connects, and never says a word.
#[test]
fn a_silent_engine() {
    let mut lab = Lab::new("silent-engine", RABBIT);
    let path = lab.path("silent.sock");
    let _silent = UnixListener::bind(&path).unwrap();
    let address = format!("unix://{}", path.display());
    lab.set("DOCKER_HOST", &address);
    let silent = format!(
        "error: no Docker engine answers at {address} (DOCKER_HOST): it takes connections and did not answer within 10 s\n  \
         it may hang: see `sudo journalctl -u docker`, and start it again with `sudo systemctl restart docker`\n"
    );
    let ran = fails(&lab, "up", 1, &silent);
    assert!(ran.took < Duration::from_secs(12), "{ran:#?}");
}

/// The engine's socket is another user's.
#[test]
fn a_forbidden_engine() {
    const NOBODY: u32 = 65534;
    let lab = Lab::new("forbidden-engine", RABBIT);
    let path = lab.path("forbidden.sock");
    let _engine = UnixListener::bind(&path).unwrap();
    let chmod = |mode: u32, path: &std::path::Path| {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    let mut command = lab.command(&["up"]);
    if docker(&["info", "--format", "{{.ID}}"]).is_empty() || rustix::process::getuid().is_root() {
        // Root may use every socket: somebody else asks, with a copy that he may read.
        let copy = lab.path("mqlab");
        std::fs::copy(env!("CARGO_BIN_EXE_mqlab"), &copy).unwrap();
        chmod(0o755, lab.folder());
        let (folder, stack) = (lab.folder().to_owned(), lab.stack().to_owned());
        command = std::process::Command::new(copy);
        command.arg("up").current_dir(folder).env("MQLAB_STACK", stack).uid(NOBODY).stdin(Stdio::null());
    }
    chmod(0o600, &path);
    if !rustix::process::getuid().is_root() {
        chmod(0o000, &path);
    }
    let address = format!("unix://{}", path.display());
    command.env("DOCKER_HOST", &address);
    let ran = Ran::of(command).code(1);
    same(
        &ran.stderr,
        &format!(
            "error: no Docker engine answers at {address} (DOCKER_HOST): Permission denied (os error 13)\n  \
             your user may not use the socket: `sudo usermod -aG docker $USER`, then log in again\n"
        ),
    );
}

/// A result that cannot be written is an error; words that nobody can read are none. Neither is a panic.
#[test]
fn full_streams() {
    let lab = Lab::new("full-streams", RABBIT);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let to_full = |arguments: &[&str]| {
        let mut command = lab.command(arguments);
        command.stdout(full()).stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let lost = "error: cannot write the result: No space left on device (os error 28)\n";
    for arguments in [&["plan"][..], &["plan", "--exit-code"], &["check"], &["schema"], &["images", "list"]] {
        assert_eq!(to_full(arguments), (Some(1), lost.to_owned()), "{arguments:?}");
    }
    let mut command = lab.command(&["plan", "--exit-code"]);
    command.stdout(Stdio::piped()).stderr(full());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");

    // A reader that goes away has seen enough.
    let mut command = lab.command(&["schema"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn an_image_that_nobody_has() {
    let lab = Lab::new(
        "no-image",
        "brokers:\n  jobs: { kind: rabbitmq, storage: memory, image: \"127.0.0.1:1/nobody:9\" }\n",
    );
    let ran = lab.mqlab(&["up"]).code(1);
    let mut lines = ran.stderr.lines().skip(1);
    assert_eq!(lines.next(), Some("error: no image for 127.0.0.1:1/nobody:9"), "{ran:#?}");
    assert!(lines.next().unwrap().starts_with("    127.0.0.1:1/nobody:9: "), "{ran:#?}");
    let way_out = "      → correct `image`, bring it with `docker load` or `docker build`, or leave `image` out";
    assert_eq!(lines.collect::<Vec<_>>(), [way_out], "{ran:#?}");
    assert!(ran.took < Duration::from_secs(10), "{ran:#?}");
    assert_eq!(of_stack(lab.stack()), [""; 0]);

    // One that is here serves nobody who asks for another platform.
    lab.spec("brokers: { jobs: { kind: rabbitmq, storage: memory, platform: linux/s390x } }\n");
    let ran = lab.mqlab(&["up"]).code(1).says("error: no image for rabbitmq 4.0");
    ran.says("it builds for the engine's own platform");
    assert_eq!(of_stack(lab.stack()), [""; 0]);
}

#[test]
fn a_port_that_is_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let spec = format!("brokers:\n  jobs: {{ kind: rabbitmq, storage: memory, ports: {{ amqp: {port} }} }}\n");
    let lab = Lab::new("port-taken", &spec);
    let taken = |holder: &str| {
        for verb in ["plan", "up"] {
            let ran = lab.mqlab(&[verb]).code(1);
            let next = port + 1;
            let wanted = format!(
                "error: port {port} (jobs, amqp) is taken by {holder}\n  \
                 stop the holder, or choose another port under `jobs`: `ports: {{ amqp: {next} }}`\n"
            );
            let phase = format!("{} on ", lab.stack());
            let said: String =
                ran.stderr.lines().filter(|line| !line.starts_with(&phase)).map(|line| format!("{line}\n")).collect();
            same(&said, &wanted);
            assert_eq!(of_stack(lab.stack()), [""; 0], "nothing is left in Created");
        }
    };
    let name = std::fs::read_to_string("/proc/self/comm").unwrap();
    taken(&format!("process {} ({})", std::process::id(), name.trim()));
    drop(listener);

    let publish = format!("127.0.0.1:{port}:80");
    let foreign = Stranger::running("live-port-holder", &["--publish", &publish]);
    taken(&format!("the container `live-port-holder` ({})", image()));
    foreign.is_untouched();
    drop(foreign);

    let labelled = ["--publish", &publish, "--label", "dev.mqlab.stack=another"];
    let other = Stranger::running("live-port-holder", &labelled);
    taken("the container `live-port-holder` of the stack `another`");
    other.is_untouched();
}

/// Our names on things that are not ours: nothing is touched, nothing is made beside them.
#[test]
fn something_foreign_in_the_way() {
    let lab = Lab::new("foreign", "brokers:\n  jobs: { kind: rabbitmq }\n");
    let refused = |stranger: &Stranger, kind: &str, name: &str, address: &str| {
        let blocked = format!(
            "! {address}: could not be read [mqlab.yaml:2] | its state is unknown: there is a {kind} `{name}` already, and \
             mqlab did not make it | remove it with `docker {kind} rm {name}` if nobody needs it, or use another name \
             with `--stack NAME`"
        )
        .replace(if kind == "network" { " [mqlab.yaml:2]" } else { "" }, "");
        lab.mqlab(&["plan", "--exit-code", "--format", "plain"]).code(3).says(&blocked);
        let ran = lab.mqlab(&["up", "--format", "plain"]).code(5).says(&blocked);
        assert!(ran.took < Duration::from_secs(5), "{ran:#?}");
        lab.mqlab(&["drift"]).code(1).says("`jobs` does not run, so it cannot be compared");
        lab.mqlab(&["apply"]).code(1).says("`jobs` does not run");
        lab.mqlab(&["down", "--volumes", "--yes"]).code(0);
        stranger.is_untouched();
        assert_eq!(of_stack(lab.stack()), [""; 0]);
    };
    let name = lab.container("jobs");
    refused(&Stranger::container(&name, &[]), "container", &name, "jobs/node/1");
    let volume = format!("{name}-data");
    refused(&Stranger::volume(&volume), "volume", &volume, "jobs/volume/1-data");
    refused(&Stranger::network(lab.stack()), "network", lab.stack(), &format!("@/network/{}", lab.stack()));
}

/// Its own last words, at once; and the stack can be mended and taken away.
#[test]
fn brokers_that_die_at_start() {
    let spec =
        format!("{DIES}  events: {{ kind: kafka, storage: memory, env: {{ KAFKA_LOG_SEGMENT_BYTES: tiny }} }}\n");
    let lab = Lab::new("dies", &spec);
    let wanted = "\
error: `jobs` died before it was ready
  the container `live-dies-jobs-1` stopped by itself with exit code 1
  its last words:
    error: RABBITMQ_DEFAULT_PASS_FILE is set but deprecated: use a configuration file
error: `events` died before it was ready
  the container `live-dies-events-1` stopped by itself with exit code 1
  Kafka refuses a value in `config` or `env`
  correct the key that the line names
  its last 14 lines:
    Exception in thread \"main\" org.apache.kafka.common.config.ConfigException: Invalid value tiny for configuration log.segment.bytes: Not a number of type INT
        … 13 lines of a stack trace
";
    // The second time it is the same containers, which have the words of their lives before.
    for _ in 0..2 {
        let ran = lab.mqlab(&["up"]).code(1).says("run the same command to go on: mqlab up");
        assert!(ran.took < Duration::from_secs(30), "{ran:#?}");
        let errors = ran.stderr.split_once("error: `jobs`").map(|(_, rest)| format!("error: `jobs`{rest}")).unwrap();
        let (errors, _) = errors.split_once("Not all is well").unwrap();
        same(errors, wanted);
    }
    lab.mqlab(&["drift"]).code(1).says("`jobs` does not run, so it cannot be compared");
    lab.mqlab(&["down"]).code(0);
    assert_eq!(of_stack(lab.stack()), [""; 0]);
}

/// Too slow for the patience that was asked for; the same command again goes on.
#[test]
fn a_broker_that_is_not_ready_in_time() {
    let mut lab = Lab::new("not-ready", RABBIT);
    lab.set("MQLAB_READY_SECONDS", "1");
    let ran = lab.mqlab(&["up"]).code(1).says("see what it says: mqlab logs jobs");
    assert!(ran.stderr.contains("error: `jobs` runs and is not ready after 1 s: "), "{ran:#?}");
    assert!(ran.took < Duration::from_secs(15), "{ran:#?}");
    lab.set("MQLAB_READY_SECONDS", "soon");
    lab.mqlab(&["up"]).code(2).says("invalid value 'soon' for '--ready-seconds <SECONDS>'");
    lab.set("MQLAB_READY_SECONDS", "");
    lab.mqlab(&["up", "--ready-seconds", "120"]).code(0);
    lab.mqlab(&["drift"]).code(0);
}

/// One name, two folders: the second is told, and does nothing by any verb.
#[test]
fn two_folders_with_one_name() {
    let first = Lab::new("folders", DIES);
    first.mqlab(&["up"]).code(1);
    let before = docker(&["inspect", &first.container("jobs")]);
    let second = tempfile::tempdir().unwrap();
    std::fs::write(second.path().join("mqlab.yaml"), RABBIT).unwrap();
    let elsewhere = |arguments: &[&str], folder: &std::path::Path| {
        let mut command = first.command(arguments);
        command.current_dir(folder);
        Ran::of(command)
    };
    let refused = format!(
        "error: the stack `{}` on this engine belongs to {}\n  give this one another name (`stack:` in the file, or \
         `--stack NAME`), or run `down` in that folder first\n",
        first.stack(),
        first.folder().canonicalize().unwrap().display()
    );
    let verbs = ["up", "plan", "apply", "drift", "status", "env", "stop", "start", "restart", "logs"];
    for verb in verbs {
        let ran = elsewhere(&[verb], second.path()).code(1);
        same(&ran.stderr, &refused);
    }
    let ran = elsewhere(&["down", "--volumes", "--yes"], second.path()).code(1);
    same(&ran.stderr, &refused);
    assert_eq!(docker(&["inspect", &first.container("jobs")]), before);
    assert!(!second.path().join(".mqlab").exists(), "who is refused writes nothing");

    // A file that somebody broke, and none at all: the name is enough to take it away.
    std::fs::write(first.path("mqlab.yaml"), "brokers: [").unwrap();
    let no_name = {
        let mut command = first.command(&["down"]);
        command.env_remove("MQLAB_STACK");
        Ran::of(command)
    };
    no_name.code(2);
    std::fs::remove_file(first.path("mqlab.yaml")).unwrap();
    first.mqlab(&["status"]).code(2).says("there is no mqlab.yaml");
    let away = tempfile::tempdir().unwrap();
    elsewhere(&["down", "--stack", first.stack()], away.path()).code(0);
    assert_eq!(of_stack(first.stack()), [""; 0]);
}

/// A registry that never answers keeps the first run busy.
#[test]
fn two_at_the_same_time_and_an_interrupt() {
    let registry = TcpListener::bind("127.0.0.1:0").unwrap();
    let image = format!("127.0.0.1:{}/slow:1", registry.local_addr().unwrap().port());
    let lab =
        Lab::new("locked", &format!("brokers:\n  jobs: {{ kind: rabbitmq, storage: memory, image: \"{image}\" }}\n"));
    let mut first = lab.command(&["up"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let refused = format!(
        "error: another mqlab works on the stack `{}`: process {} (up)\n  wait for it, or stop it\n",
        lab.stack(),
        first.id()
    );
    until("it asks the registry", 10, || {
        registry.set_nonblocking(true).unwrap();
        registry.accept().is_ok()
    });
    for verb in ["up", "apply", "down", "stop", "start"] {
        fails(&lab, verb, 1, &refused);
    }
    // Who only looks may.
    lab.mqlab(&["plan", "--exit-code"]).code(3);
    lab.mqlab(&["status"]).code(0);

    signal("INT", first.id());
    until("it stops", 10, || first.try_wait().unwrap().is_some());
    let output = first.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("stopping after what is being done now; once more kills"), "{said}");
    assert!(said.contains(&format!("interrupted while preparing the image for {image}")), "{said}");
    assert_eq!(of_stack(lab.stack()), [""; 0]);
    lab.mqlab(&["down"]).code(0);
}

/// Sends a signal to a process that a scenario started.
pub(crate) fn signal(name: &str, process: u32) {
    let sent = std::process::Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(sent.unwrap().success());
}
