//! The fast tests: no engine, no broker.

mod architecture;
mod bad_specs;
mod schema;
mod site;
mod site_fixture;
mod sources;
