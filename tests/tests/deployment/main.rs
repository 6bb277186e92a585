//! The deployment's templates: who may ask what, what each function may do, and that every reference leads somewhere.

mod login;
mod permissions;
mod references;
mod routes;
mod secrets;
mod template;
mod who_may_do_what;
