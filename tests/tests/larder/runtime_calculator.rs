//! The function itself under the emulator, against the stand-in and DynamoDB Local.

mod deadlines;
mod tables;
mod world;

mod killed_anywhere_and_run_again_it_ends_the_same;
mod unread_accounts_table_widens_nothing;
mod what_is_exact_is_the_truth;
