//! The function itself under the emulator, against the stand-in and DynamoDB Local.

mod world;

mod what_fails_or_does_not_fit_is_told;
mod what_is_used_stays_warm;
