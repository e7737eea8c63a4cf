//! A real registry on loopback: Debian's docker-registry.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use crate::lab::{docker, until};

/// Ends with the value.
pub(crate) struct Registry {
    child: Child,
    pub(crate) port: u16,
    _folder: tempfile::TempDir,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        let text = format!(
            "version: 0.1\nlog: {{ level: error }}\nstorage:\n  filesystem: {{ rootdirectory: {} }}\n  delete: {{ enabled: \
             true }}\nhttp: {{ addr: 127.0.0.1:{port} }}\n",
            data.display()
        );
        std::fs::write(&config, text).unwrap();
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry is there: scripts/live-needs installs it");
        let registry = Self { child, port, _folder: folder };
        until("the registry listens", 20, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        registry
    }

    /// `127.0.0.1:5000/NAME`.
    pub(crate) fn name(&self, image: &str) -> String {
        format!("127.0.0.1:{}/{image}", self.port)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends it an image that the engine has, and gives the digest that it has there.
    pub(crate) fn push(&self, source: &str, image: &str) -> String {
        let name = self.name(image);
        docker(&["tag", source, &name]);
        let said = docker(&["push", &name]);
        docker(&["rmi", "--no-prune", &name]);
        let digest = said.split_whitespace().find(|word| word.starts_with("sha256:"));
        digest.unwrap_or_else(|| panic!("no digest in {said}")).to_owned()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// An image of one small file, by a name of its own.
pub(crate) fn tiny_image(name: &str, content: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("content"), content.repeat(4096)).unwrap();
    let archive = folder.path().join("image.tar");
    let packed = Command::new("tar").arg("-C").arg(folder.path()).arg("-cf").arg(&archive).arg("content").status();
    assert!(packed.unwrap().success());
    docker(&["import", &archive.display().to_string(), name]);
}
