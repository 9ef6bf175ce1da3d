//! Disks of their own for tests: a small one, and one whose power can be cut. Both are mounted,
//! which needs root; a test that cannot have one says so and does not count as anything.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::shim;

/// Something mounted, until it is dropped.
pub struct Disk {
    directory: TempDir,
    cut: Option<PathBuf>,
}

fn run(command: &mut Command) -> Result<(), String> {
    let said = command.output().map_err(|error| error.to_string())?;
    if said.status.success() {
        Ok(())
    } else {
        let words = String::from_utf8_lossy(&said.stderr);
        Err(format!("{command:?}: {}", words.trim()))
    }
}

impl Disk {
    /// In memory, of this size in bytes.
    pub fn small(size: u64) -> Option<Self> {
        let disk = Self::new(None);
        let options = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]);
        let mounted = run(mount.arg(disk.mounted()));
        disk.or_say(mounted)
    }

    /// An ext4 that loses what was not synced when its power is cut.
    pub fn lossy() -> Option<Self> {
        let mut disk = Self::new(None);
        disk.cut = Some(shim::power_cut(disk.directory.path()));
        let image = disk.image();
        let made = std::fs::File::create(&image)
            .and_then(|file| file.set_len(1024 * 1024 * 1024))
            .map_err(|error| error.to_string())
            .and_then(|()| run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image)))
            .and_then(|()| disk.mount());
        disk.or_say(made)
    }

    fn new(cut: Option<PathBuf>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("mounted")).unwrap();
        Self { directory, cut }
    }

    fn or_say(self, outcome: Result<(), String>) -> Option<Self> {
        match outcome {
            Ok(()) => Some(self),
            Err(why) => {
                eprintln!("NOT TESTED: no disk can be mounted here: {why}");
                None
            }
        }
    }

    fn image(&self) -> PathBuf {
        self.directory.path().join("image")
    }

    fn mount(&self) -> Result<(), String> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "ext4", "-o", "loop"]).arg(self.image());
        run(mount.arg(self.mounted()))
    }

    /// Where it is.
    pub fn mounted(&self) -> PathBuf {
        self.directory.path().join("mounted")
    }

    /// Beside it, on another disk.
    pub fn beside(&self) -> &Path {
        self.directory.path()
    }

    /// Cuts its power: whoever uses it hears only errors from now on.
    pub fn cut(&self) {
        let cut = self.cut.as_ref().expect("a disk whose power can be cut");
        run(Command::new(cut).arg(self.mounted())).unwrap();
    }

    /// Power again: what was synced is there.
    pub fn power(&self) {
        run(Command::new("umount").arg(self.mounted())).unwrap();
        self.mount().unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Err(why) = run(Command::new("umount").arg(self.mounted())) {
            eprintln!("a disk stays mounted: {why}");
        }
    }
}
