//! A disk without space under the spec: what cannot be written is said, and nothing that was there is lost.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::lab::{Lab, Ran, identity, same};
use super::strangers::of_stack;

const SPEC: &str = "brokers:\n  jobs: { kind: rabbitmq, storage: memory, queues: { first: {} } }\n";

/// A folder with a disk of its own, which is small.
pub(crate) struct SmallDisk(pub(crate) PathBuf);

/// Kibibytes: the site has room once.
const SIZE: usize = 8192;

impl SmallDisk {
    fn mounted_at(folder: PathBuf) -> Self {
        Self::of(SIZE, folder)
    }

    /// So many kibibytes, in a folder that is made.
    pub(crate) fn of(size: usize, folder: PathBuf) -> Self {
        std::fs::create_dir(&folder).unwrap();
        as_root(&["mount", "-t", "tmpfs", "-o", &format!("size={size}k,mode=777"), "tmpfs"], &folder);
        Self(folder)
    }

    /// Leaves so many bytes, rounded to pages.
    fn fill(&self, left: usize) {
        self.free();
        let ballast = self.0.join("ballast");
        // What fitted of too much is what was free.
        std::fs::write(&ballast, vec![0; SIZE * 1024]).unwrap_err();
        let ballast = std::fs::File::options().write(true).open(ballast).unwrap();
        let free = ballast.metadata().unwrap().len();
        ballast.set_len(free.saturating_sub(u64::try_from(left).unwrap())).unwrap();
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).ok();
    }

    pub(crate) fn write(&self, spec: &str) {
        std::fs::write(self.0.join("mqlab.yaml"), spec).unwrap();
    }

    fn is_there(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        as_root(&["umount"], &self.0);
    }
}

fn as_root(command: &[&str], folder: &Path) {
    let own = !rustix::process::getuid().is_root();
    let words: Vec<&str> = if own { [&["sudo", "-n"], command].concat() } else { command.to_vec() };
    let done = Command::new(words[0]).args(&words[1..]).arg(folder).status().unwrap();
    assert!(done.success(), "{words:?} {}", folder.display());
}

#[test]
fn a_disk_that_is_full() {
    let lab = Lab::new("full-disk", SPEC);
    let disk = SmallDisk::mounted_at(lab.path("small"));
    let mqlab = |arguments: &[&str]| {
        let mut command = lab.command(arguments);
        command.current_dir(&disk.0);
        Ran::of(command)
    };
    let folder = disk.0.canonicalize().unwrap();
    let cannot = |file: &str| {
        format!("error: cannot write {}/{file}: No space left on device (os error 28)\n", folder.display())
    };
    let state = |file: &str| cannot(&format!(".mqlab/{}/{file}", lab.stack()));

    // A password that cannot be kept is given to nobody.
    disk.write(SPEC);
    disk.fill(0);
    let ran = mqlab(&["up", "--quiet"]).code(1);
    assert!(
        ran.stderr.ends_with(&state("secrets.json")) || ran.stderr.ends_with(&cannot(".mqlab/.gitignore")),
        "{ran:#?}"
    );
    assert_eq!(of_stack(lab.stack()), [""; 0]);

    // Room for what must be remembered, and none for the site.
    disk.fill(32 * 1024);
    let ran = mqlab(&["up"]).code(4).says("Done: 3 steps");
    let (_, error) = ran.stderr.split_once("error: cannot write ").unwrap();
    assert!(error.starts_with(&format!("{}/mqlab-site/", folder.display())), "{ran:#?}");
    let told =
        ": No space left on device (os error 28)\n  the brokers are not concerned; when that is mended: mqlab up\n";
    assert!(error.ends_with(told), "{ran:#?}");
    let container = identity(&lab.container("jobs"));
    mqlab(&["drift"]).code(0);

    // What was done is not remembered, which costs words and nothing else.
    disk.write(&SPEC.replace("first: {}", "first: {}, second: {}"));
    disk.fill(0);
    let ran = mqlab(&["apply"]).code(1);
    assert!(ran.stderr.contains(&state("last.json")), "{ran:#?}");
    let queues = super::rabbit::Rabbit::jobs(
        &serde_json::from_str(&mqlab(&["env", "--format", "json"]).code(0).stdout).unwrap(),
    );
    assert!(queues.is_there(&format!("queues/{}/second", super::rabbit::ROOT)));

    disk.free();
    mqlab(&["up"]).code(0).says("Nothing to do");
    same(
        &mqlab(&["drift", "--quiet"]).code(0).stdout,
        "Plan: 0 create, 0 update, 0 replace, 0 delete; 4 unchanged; 0 unmanaged\nIn sync: the file and the brokers agree.\n",
    );
    assert!(disk.is_there("mqlab-site/index.html"));
    let leftovers = std::fs::read_dir(disk.0.join(".mqlab").join(lab.stack())).unwrap();
    let mut names: Vec<String> = leftovers.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["last.json", "report.json", "secrets.json", "site.json"], "no half-written file stays");
    assert_eq!(identity(&lab.container("jobs")), container);
}
