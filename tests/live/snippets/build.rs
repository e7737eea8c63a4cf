//! Builds the clients, once per run: what a language's tools write goes below `target/`, nothing into `site/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use super::entries::{Entry, entries, folder};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}

fn output(name: &str) -> PathBuf {
    target().join("clients").join(name)
}

/// The sources where Maven and npm may write beside them.
fn copy() -> PathBuf {
    output("src")
}

/// How a program is started after `ready()`, from the whole file, its placeholders being names like any other.
pub(super) fn command(entry: &Entry, verb: &str, file: &str, home: &Path) -> Vec<String> {
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let binary = format!("{}-{verb}", entry.kind);
    match entry.language.as_str() {
        "python" => vec![text(output("python/bin/python")), text(folder().join(file))],
        "node" => vec![text(node()), text(copy().join(file))],
        "go" => vec![text(output("bin").join(binary))],
        "rust" => vec![text(target().join("debug").join(binary))],
        "java" => {
            let built = text(copy().join(&entry.kind).join("java/target"));
            let class = Path::new(file).file_stem().unwrap().to_str().unwrap().to_owned();
            let path = format!("{built}/classes:{built}/dependency/*");
            vec!["java".to_owned(), format!("-Duser.home={}", home.display()), "-cp".to_owned(), path, class]
        }
        other => panic!("nobody has said how {other} is run"),
    }
}

fn node() -> PathBuf {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    output("node/node_modules").join(format!("node-linux-{architecture}/bin/node"))
}

/// All programs are there and new. What failed once fails every scenario, and is not tried again.
pub(super) fn ready() -> Result<(), String> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

type Part = fn() -> Result<(), String>;

fn build() -> Result<(), String> {
    mirror(&folder(), &copy());
    let parts: [(&str, Part); 5] =
        [("rust", rust), ("java", java), ("node", javascript), ("python", python), ("go", go)];
    // What waits for a registry waits beside what compiles.
    std::thread::scope(|scope| {
        let all = parts.map(|(name, part)| {
            scope.spawn(move || {
                let since = Instant::now();
                let done = part();
                eprintln!("clients in {name}: {:.1} s", since.elapsed().as_secs_f64());
                done
            })
        });
        all.into_iter().try_for_each(|part| part.join().unwrap())
    })
}

/// Packages that are built together share the features of what they use, and are built sooner for it. Kafka's is alone:
/// with the features of others, librdkafka would be built again, which mqlab's own build has done already.
fn rust() -> Result<(), String> {
    let manifest = folder().join("rust/Cargo.toml");
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let programs = programs("rust");
    let (alone, together): (Vec<_>, Vec<_>) = programs.iter().partition(|entry| entry.kind == "kafka");
    [alone, together].iter().try_for_each(|entries| {
        let mut command = Command::new(&cargo);
        command.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(&manifest);
        command.args(entries.iter().map(|entry| format!("--package=client-{}", entry.kind)));
        // What cargo tells a test of its package. Build scripts that look at it would run again, here and then there.
        let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];
        for (name, _) in std::env::vars_os() {
            if about_us.iter().any(|start| name.to_string_lossy().starts_with(start)) {
                command.env_remove(name);
            }
        }
        run(command.arg("--target-dir").arg(target()).current_dir(ROOT))
    })
}

fn java() -> Result<(), String> {
    let sources: Vec<String> = programs("java").iter().map(|entry| format!("{}/java", entry.kind)).collect();
    let files = sources.iter().flat_map(|name| files_below(&folder().join(name)));
    unless_done("java", &files.map(|file| read(&file)).collect::<String>(), || {
        let plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies";
        let mut command = Command::new("mvn");
        command.args(["-q", "-B", "-f"]).arg(copy().join("pom.xml"));
        run(command.args(["compile", plugin, "-DincludeScope=runtime"]))
    })
}

fn javascript() -> Result<(), String> {
    let own = Path::new(ROOT).join("tests/live/snippets/node");
    mirror(&own, &output("node"));
    for (name, place) in [("node", output("node")), ("npm", copy())] {
        unless_done(name, &read(&place.join("package-lock.json")), || {
            let install = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
            run(Command::new("npm").args(install).current_dir(&place))
        })?;
    }
    Ok(())
}

fn python() -> Result<(), String> {
    let requirements = folder().join("requirements.txt");
    unless_done("python", &read(&requirements), || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(output("python")))?;
        let mut command = Command::new(output("python/bin/python"));
        run(command.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements))
    })
}

/// By the Go that `scripts/live-needs` fetched where the machine's is too old to fetch another one itself.
fn go() -> Result<(), String> {
    let own = output("go/bin/go");
    let go = if own.exists() { own.to_str().unwrap().to_owned() } else { "go".to_owned() };
    programs("go").iter().try_for_each(|entry| {
        ["send", "receive"].iter().try_for_each(|verb| {
            let mut command = Command::new(&go);
            command.arg("build").arg("-o").arg(output("bin").join(format!("{}-{verb}", entry.kind)));
            run(command.arg(format!("./{}/go/{verb}", entry.kind)).current_dir(folder()))
        })
    })
}

/// What of a language is run.
fn programs(language: &str) -> Vec<Entry> {
    entries().into_iter().filter(|entry| entry.language == language && entry.is_run()).collect()
}

/// Does it, unless it was done from the same `sources` before.
fn unless_done(name: &str, sources: &str, build: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let mark = output(&format!("{name}.done"));
    if std::fs::read_to_string(&mark).is_ok_and(|done| done == sources) {
        return Ok(());
    }
    build()?;
    std::fs::write(mark, sources).map_err(|error| error.to_string())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}; see scripts/live-needs"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = || format!("{command:?}:\n{}{}", text(&output.stdout), text(&output.stderr));
    if output.status.success() { Ok(()) } else { Err(said()) }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// Every file that differs, so that the tools see what is new by its time.
fn mirror(from: &Path, to: &Path) {
    for file in files_below(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        let wanted = std::fs::read(&file).unwrap();
        if std::fs::read(&copy).is_ok_and(|found| found == wanted) {
            continue;
        }
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::write(copy, wanted).unwrap();
    }
}
