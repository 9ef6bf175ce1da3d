//! What the targets share.

use std::sync::Once;

/// A panic in a library is contained by the worker (`scan::attempt`) and tells that the file is damaged; one in our own code is a
/// finding. The fuzzer would end at either.
pub fn contained() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let of_a_library = panic.location().is_some_and(|at| {
                at.file().contains("/registry/src/") || at.file().starts_with("/rustc/")
            });
            if !of_a_library {
                eprintln!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
                std::process::abort();
            }
        }));
    });
}

/// One reader.
#[macro_export]
macro_rules! reader {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(|file: &[u8]| {
            $crate::contained();
            inspect::fuzz::read($name, file);
        });
    };
}
