//! How facts are said.

/// `1.5 GiB`: memory and disks are sold and limited in these.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut divisor = 1024_u64;
    while unit + 1 < UNITS.len() && bytes / divisor >= 1024 {
        divisor *= 1024;
        unit += 1;
    }
    let (whole, tenth) = (bytes / divisor, bytes % divisor * 10 / divisor);
    if unit == 0 || whole >= 100 {
        format!("{whole} {}", UNITS[unit])
    } else {
        format!("{whole}.{tenth} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let said: Vec<String> = [0, 1536 << 10, 512 << 20, 1536 << 20, 5 << 40].map(size).to_vec();
        assert_eq!(said, ["0 KiB", "1.5 MiB", "512 MiB", "1.5 GiB", "5.0 TiB"]);
    }
}
