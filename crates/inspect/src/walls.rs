//! The walls that a worker puts around itself before it reads a file.

use serde::{Deserialize, Serialize};

use crate::Limits;

/// Which walls stand. The limits of the system on memory, time, files and processes always do, and on Linux seccomp does:
/// without them nothing is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walls {
    /// Landlock: no path can be opened, no port reached.
    pub landlock: Landlock,
    /// Seccomp: no call of the system but those on memory, pipes and time. What is in the way where there is none.
    pub seccomp: Result<(), String>,
}

/// How much of Landlock the kernel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Landlock {
    /// All that is asked of it.
    Full,
    /// Less than all: an older kernel.
    Part,
    /// Nothing: the kernel was built or started without it.
    None,
}

impl Walls {
    /// Whether all of them stand.
    pub fn stand(&self) -> bool {
        self.landlock == Landlock::Full && self.seccomp.is_ok()
    }
}

impl std::fmt::Display for Walls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("limits: in place; landlock: ")?;
        f.write_str(match self.landlock {
            Landlock::Full => "in place",
            Landlock::Part => "in part, the kernel is too old for all of it",
            Landlock::None => "missing, the kernel has none",
        })?;
        match &self.seccomp {
            Ok(()) => f.write_str("; seccomp: in place"),
            Err(why) => write!(f, "; seccomp: missing ({why})"),
        }
    }
}

/// Shuts this process in, for good: a process does it as the first thing in its life, while it has one thread.
/// Fails when the limits of the system, or on Linux seccomp, cannot be set, which must end it. Landlock may be missing: with
/// no file to be opened and no call that opens one, it is a second wall before the same things.
pub fn shut_in(limits: &Limits) -> Result<Walls, String> {
    limit(limits)?;
    let landlock = kernel::landlock();
    // Not sooner: Landlock itself needs a descriptor for a moment. Those that are open stay open.
    set(rlimit::Resource::NOFILE, 0, "open files")?;
    let seccomp = kernel::seccomp();
    if let (true, Err(why)) = (cfg!(target_os = "linux"), &seccomp) {
        return Err(format!(
            "seccomp cannot be set, and nothing is read without it: {why}"
        ));
    }
    Ok(Walls { landlock, seccomp })
}

fn limit(limits: &Limits) -> Result<(), String> {
    use rlimit::Resource;
    // Content must not end up in a core file.
    set(Resource::CORE, 0, "core files")?;
    set(Resource::FSIZE, 0, "the size of files")?;
    set(Resource::AS, limits.memory, "memory")?;
    let seconds = limits.processor.as_secs().max(1);
    // The first of the two ends it with a signal that says why; the second cannot be caught.
    set(Resource::CPU, seconds + 1, "computing time")?;
    let lowered = rlimit::getrlimit(Resource::CPU)
        .and_then(|(_, hard)| rlimit::setrlimit(Resource::CPU, seconds.min(hard), hard));
    lowered.map_err(|error| format!("computing time cannot be limited: {error}"))?;
    #[cfg(target_os = "linux")]
    set(Resource::NPROC, 0, "processes")?;
    Ok(())
}

/// Lowers a limit; one that is lower already stays.
fn set(resource: rlimit::Resource, most: u64, what: &str) -> Result<(), String> {
    let outcome = rlimit::getrlimit(resource).and_then(|(_, hard)| {
        let most = most.min(hard);
        rlimit::setrlimit(resource, most, most)
    });
    outcome.map_err(|error| format!("{what} cannot be limited: {error}"))
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::collections::BTreeMap;

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetStatus, Scope,
    };
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule,
    };

    use super::Landlock;

    /// Everything that Landlock knows is refused, everywhere: there is no rule that allows.
    pub(super) fn landlock() -> Landlock {
        const KNOWN: ABI = ABI::V6;
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(KNOWN))
            .and_then(|rules| rules.handle_access(AccessNet::from_all(KNOWN)))
            .and_then(|rules| rules.scope(Scope::from_all(KNOWN)))
            .and_then(landlock::Ruleset::create)
            .and_then(landlock::RulesetCreated::restrict_self);
        match status.map(|status| status.ruleset) {
            Ok(RulesetStatus::FullyEnforced) => Landlock::Full,
            Ok(RulesetStatus::PartiallyEnforced) => Landlock::Part,
            Ok(RulesetStatus::NotEnforced) | Err(_) => Landlock::None,
        }
    }

    /// What a parser needs: memory, the pipes that it was given, the time, an end. Anything else is answered
    /// "not permitted", so that a library which only tries goes on.
    const NEEDED: &[libc::c_long] = &[
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_clock_gettime,
        libc::SYS_getrandom,
        libc::SYS_sched_yield,
        libc::SYS_restart_syscall,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];

    /// Memory that nothing in it can be run from.
    const MEMORY: &[libc::c_long] = &[libc::SYS_mmap, libc::SYS_mprotect];

    pub(super) fn seccomp() -> Result<(), String> {
        filter()
            .map_err(|error| error.to_string())
            .and_then(|program| {
                seccompiler::apply_filter_all_threads(&program).map_err(|error| error.to_string())
            })
    }

    fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            NEEDED.iter().map(|call| (*call, Vec::new())).collect();
        for call in MEMORY {
            #[allow(clippy::cast_sign_loss, reason = "a flag is not negative")]
            let running = libc::PROT_EXEC as u64;
            let not_to_run = SeccompCondition::new(
                2,
                SeccompCmpArgLen::Dword,
                SeccompCmpOp::MaskedEq(running),
                0,
            )?;
            rules.insert(*call, vec![SeccompRule::new(vec![not_to_run])?]);
        }
        #[allow(clippy::cast_sign_loss, reason = "an error number is not negative")]
        let refused = SeccompAction::Errno(libc::EPERM as u32);
        SeccompFilter::new(
            rules,
            refused,
            SeccompAction::Allow,
            std::env::consts::ARCH.try_into()?,
        )?
        .try_into()
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use super::Landlock;

    pub(super) fn landlock() -> Landlock {
        Landlock::None
    }

    pub(super) fn seccomp() -> Result<(), String> {
        Err("it is a wall of Linux".to_owned())
    }
}
