#![doc = include_str!("../README.md")]

mod child;
mod counterparts;
mod dynamodb_local;
mod event;
mod faked_clock;
mod local_cloud;
mod moto;
mod port;
mod program;
mod project;
mod real_data;
mod runtime_emulator;
mod schemathesis;
mod sent_requests;
mod server;
mod table;
mod templates;
mod token_signer;
mod wait;

pub use counterparts::counterparts_dir;
pub use dynamodb_local::DynamoDbLocal;
pub use event::{Claims, http_event};
pub use faked_clock::FakedClock;
pub use local_cloud::{LocalCloud, Person};
pub use moto::Moto;
pub use port::free_port;
pub use program::{Finished, Program};
pub use project::project;
pub use real_data::real_data;
pub use runtime_emulator::RuntimeEmulator;
pub use schemathesis::{Requests, Schemathesis};
pub use sent_requests::{Sent, SentRequests};
pub use table::{create_accounts_table, create_runtime_table, create_servers_table, create_table};
pub use templates::{actions_with_resources, expanded_templates, found_secrets};
pub use token_signer::TokenSigner;
pub use wait::{DEADLINE, wait_until};
