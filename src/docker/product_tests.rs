use super::*;

fn product(answer: &str) -> Product {
    Product::of(&serde_json::from_str(answer).unwrap())
}

#[test]
fn podman_says_who_it_is_among_its_components() {
    // Docker 26.1 and Podman 5.4 as Debian trixie has them.
    let docker = r#"{"Platform":{"Name":""},"Components":[{"Name":"Engine","Version":"26.1.5+dfsg1","Details":
        {"ApiVersion":"1.45","MinAPIVersion":"1.24"}},{"Name":"containerd","Version":"1.7.24~ds1","Details":
        {"GitCommit":"1.7.24~ds1-6+deb13u1"}}],"Version":"26.1.5+dfsg1","ApiVersion":"1.45","MinAPIVersion":"1.24"}"#;
    let podman = r#"{"Platform":{"Name":"linux/amd64/debian-13"},"Components":[{"Name":"Podman Engine","Version":"5.4.2",
        "Details":{"APIVersion":"5.4.2","MinAPIVersion":"4.0.0"}},{"Name":"Conmon","Version":
        "conmon version 2.1.12, commit: unknown","Details":{"Package":"conmon_2.1.12-4_amd64"}},{"Name":"Engine",
        "Version":"5.4.2","Details":{"ApiVersion":"1.41","MinAPIVersion":"1.24"}}],"Version":"5.4.2","ApiVersion":"1.41"}"#;
    assert_eq!(product(docker).to_string(), "Docker 26.1.5+dfsg1");
    assert_eq!(product(podman), Product { maker: Maker::Podman, version: "5.4.2".to_owned() });
    assert_eq!(product("{}").maker, Maker::Docker, "an old engine names no components");
}
