//! The two small programs in C that tests need: what they do, Rust cannot do without `unsafe`.

use std::path::{Path, PathBuf};
use std::process::Command;

fn compile(source: &str, into: &Path, words: &[&str]) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/durability/harness")
        .join(source);
    let compiled = Command::new("cc")
        .args(["-O2", "-Wall", "-Werror"])
        .args(words)
        .arg("-o")
        .arg(into)
        .arg(source)
        .output()
        .expect("a C compiler is needed to build Chancery");
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
}

/// Syncs that fail on demand, for a program started with [`FailingSyncs::environment`].
pub struct FailingSyncs {
    library: PathBuf,
    below: PathBuf,
}

impl FailingSyncs {
    /// Builds the library in a directory, which is not the realm's.
    pub fn new(directory: &Path) -> Self {
        let library = directory.join("failing_sync.so");
        compile("failing_sync.c", &library, &["-shared", "-fPIC"]);
        Self {
            library,
            below: directory.join("failing"),
        }
    }

    /// What the program is started with.
    pub fn environment(&self) -> [(&str, &str); 2] {
        [
            ("LD_PRELOAD", self.library.to_str().unwrap()),
            ("FAILING_SYNCS", self.below.to_str().unwrap()),
        ]
    }

    /// From now on, for files below this path.
    pub fn fail(&self, below: &Path) {
        std::fs::write(&self.below, below.to_str().unwrap()).unwrap();
    }

    /// Not any more.
    pub fn mend(&self) {
        std::fs::remove_file(&self.below).unwrap();
    }
}

/// The program that cuts the power of a disk.
pub fn power_cut(directory: &Path) -> PathBuf {
    let program = directory.join("power_cut");
    compile("power_cut.c", &program, &[]);
    program
}
