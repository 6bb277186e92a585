//! What an operation costs, counted: requests to DynamoDB, bytes, allocations. No clock takes part, so this guards what
//! `make bench` measures on any machine.

mod container;

mod allocations;
mod requests;
