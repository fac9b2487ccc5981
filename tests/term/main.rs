//! The checks on the term and on sentences served only on paper: golden cases, tables of days, the published cases and the
//! known mechanisms.

#[path = "../support/mod.rs"]
mod support;

mod cases;
mod days;
mod earlier;
mod history;
mod make;
mod outside;
mod paper;
mod properties;
mod replay;
mod term;
