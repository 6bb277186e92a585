use super::FAMILIES;
use super::plain::PLAIN;

/// A setting as people are told of it; one that each data type has for itself is told once, for all of them.
pub struct Documented {
    /// In `larder.toml`: `cache.memory_bytes`, `ttl_s.<type>`.
    pub key: String,
    /// In the environment.
    pub variable: String,
    /// What holds where nothing is set.
    pub default: &'static str,
    /// What it is for, without a full stop.
    pub help: &'static str,
}

/// Every setting, for the README and for `larder --help`.
#[must_use]
pub fn documented() -> Vec<Documented> {
    let plain = PLAIN.iter().map(|row| Documented {
        key: row.key.to_owned(),
        variable: row.variable.to_owned(),
        default: row.default,
        help: row.help,
    });
    let of_each_type = FAMILIES.iter().map(|family| Documented {
        key: format!("{}.<type>", family.table),
        variable: format!("{}<TYPE>_S", family.variable),
        default: family.default,
        help: family.help,
    });
    plain.chain(of_each_type).collect()
}
