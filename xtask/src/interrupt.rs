//! Ctrl-C and its relatives: what was started is ended before we end.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::Failure;

static CAME: AtomicBool = AtomicBool::new(false);
static CHILD: Mutex<Option<Pid>> = Mutex::new(None);

/// Whether somebody asked us to end.
pub(crate) fn came() -> bool {
    CAME.load(Ordering::SeqCst)
}

/// Says which child to pass a request to end on to.
pub(crate) fn child(pid: Option<Pid>) {
    *CHILD.lock().expect("nobody panics while holding it") = pid;
}

/// From now on a request to end does not end us at once: the child at work ends,
/// its command fails, and everything that was started for it is put away on the
/// way out.
pub(crate) fn expect() -> Result<(), Failure> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            CAME.store(true, Ordering::SeqCst);
            // A terminal sends Ctrl-C to the child as well; a second one would tell
            // nextest to stop without tidying up.
            if signal != SIGINT
                && let Some(pid) = *CHILD.lock().expect("nobody panics while holding it")
            {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
    });
    Ok(())
}
