use std::borrow::Cow;

use larder_sources::DATA_TYPES;

use super::plain::PLAIN;
use super::value::{self, Parsed};
use super::{Configuration, FAMILIES, Family};

/// One thing that can be set: what it is called in each source, what it is for, and what a value does.
pub(crate) struct Setting {
    /// In `larder.toml`, with the table it stands in: `cache.memory_bytes`.
    pub(crate) key: Cow<'static, str>,
    /// In the environment.
    pub(crate) variable: Cow<'static, str>,
    pub(super) apply: Apply,
}

pub(super) enum Apply {
    Plain(fn(&mut Configuration, &str) -> Parsed<()>),
    Window(&'static Family, &'static str),
}

impl Setting {
    /// Puts a value in its place.
    pub(super) fn apply(&self, configuration: &mut Configuration, text: &str) -> Parsed<()> {
        match &self.apply {
            Apply::Plain(apply) => apply(configuration, text),
            Apply::Window(family, data_type) => {
                let duration = value::seconds(text)?;
                let windows = configuration.windows.iter_mut().find(|(name, _)| name == data_type);
                if let Some((_, windows)) = windows {
                    *(family.slot)(windows) = Some(duration);
                }
                Ok(())
            }
        }
    }
}

/// Every setting, in the order of the README.
pub(crate) fn settings() -> Vec<Setting> {
    let plain = PLAIN.iter().map(|row| Setting {
        key: row.key.into(),
        variable: row.variable.into(),
        apply: Apply::Plain(row.apply),
    });
    let mut settings: Vec<_> = plain.collect();
    for family in FAMILIES {
        settings.extend(DATA_TYPES.iter().map(|data_type| Setting {
            key: format!("{}.{}", family.table, data_type.name).into(),
            variable: format!("{}{}_S", family.variable, data_type.name.to_uppercase().replace('-', "_")).into(),
            apply: Apply::Window(family, data_type.name),
        }));
    }
    settings
}
