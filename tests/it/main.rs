//! The fast tests: no engine, no broker.

mod architecture;
mod bad_specs;
mod chinese;
mod clients;
mod commands;
mod examples;
mod exports;
mod golden;
mod lessons;
mod links;
mod look_up;
mod pictures;
mod plans;
mod readme;
mod registry;
mod schema;
mod search;
mod secrets;
mod serve;
mod site;
mod site_check;
mod site_fixture;
mod site_kinds;
mod sources;
mod specs;
mod versions;
