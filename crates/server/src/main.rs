//! The program `chancery`.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    server::run(server::Command::parse())
}
