//! The program `chancery`.

use std::process::ExitCode;

use clap::Parser as _;

/// Gives back to the machine what a crowd at the door took: each password takes 19 MB for the time of its hash, and the
/// C library's allocator keeps that much for every thread that ever made one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Before anything else, the command line too: one of these is started for every file that is read.
    if let Some(ended) = inspect::worker(std::env::args_os().skip(1)) {
        return ended;
    }
    server::run(server::Command::parse())
}
