//! The suites across crates: real programs, real HTTP, real emulators.

mod cloud;
mod command;
mod door;
mod faulty_dynamodb;
mod filled_file;
mod large_subnets;
mod relay;
mod sqlite_file;

mod accounts_and_regions_never_mix;
mod answers_come_from_the_nearest_layer;
mod bad_input_reaches_nothing;
mod cache_invalidator_takes_both_events;
mod cli_accounts;
mod cli_doctor;
mod cli_progress;
mod cli_says_what_it_knows;
mod cli_status_of_a_server;
mod cli_warm;
mod cli_watch;
mod cold_key_is_fetched_once;
mod corrupt_file_is_set_aside;
mod failing_store_is_passed_by;
mod invalidation_is_over_when_it_says_so;
mod killed_process_leaves_nothing_half;
mod large_entries_go_through_dynamodb;
mod lost_store_loses_no_answer;
mod program_behaves_on_a_laptop;
mod set_clock_lengthens_no_life;
mod stopped_process_finishes_its_answers;
mod tampered_chunk_is_a_miss;
mod tampered_item_is_a_miss;
mod unusable_file_loses_no_answer;
mod upstream_failing_is_said;
mod upstream_faults_are_told;
