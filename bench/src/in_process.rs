//! The cache crate itself, without HTTP and Lambda, on answers of 10 KB.

pub(crate) mod memory_hit;
pub(crate) mod miss_dynamodb;
pub(crate) mod miss_sqlite;
pub(crate) mod store_hit_dynamodb;
pub(crate) mod store_hit_sqlite;

mod processes;
