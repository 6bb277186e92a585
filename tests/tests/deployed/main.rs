//! The whole deployment, in ministack: the template, its roles, and the programs that are deployed.

mod deployment;
mod reply;

mod change_of_state_lands_in_the_ledger;
mod every_route_asks_for_its_token;
mod invalidation_reaches_every_container;
mod no_role_is_too_small;
mod schedules_fire;
mod second_answer_comes_from_memory;
