//! Names of variables, the same in what `mqlab env` prints and in the commands that use them.

/// The broker's variables begin with this.
pub(super) fn prefix(broker: &str) -> String {
    part(broker)
}

/// The administrator's password.
pub(super) fn password(broker: &str) -> String {
    format!("{}_PASSWORD", part(broker))
}

/// A declared user's password.
pub(super) fn user_password(broker: &str, user: &str) -> String {
    format!("{}_{}_PASSWORD", part(broker), part(user))
}

/// As much of a name as a variable can hold. Letters outside ASCII are lost.
pub(super) fn part(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let joined = words.collect::<Vec<_>>().join("_").to_ascii_uppercase();
    if joined.is_empty() { "X".to_owned() } else { joined }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn what_a_variable_cannot_hold_becomes_an_underscore() {
        for (name, wanted) in [("mail.eu", "MAIL_EU"), ("_a-b/c_", "A_B_C"), ("日本", "X"), ("4th", "4TH")] {
            assert_eq!(part(name), wanted);
        }
    }
}
