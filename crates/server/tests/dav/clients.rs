//! File programs as Debian has them: rclone, cadaver, davfs2.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::Scene;

fn rclone(scene: &Scene, words: &[&str]) -> Output {
    let obscured = Command::new("rclone")
        .args(["obscure", scene.ann().secret()])
        .output()
        .unwrap_or_else(|error| {
            panic!("rclone is needed (on Debian: apt-get install rclone): {error}")
        });
    let secret = String::from_utf8(obscured.stdout).unwrap();
    let output = Command::new("rclone")
        .args(words)
        .args([
            "--config",
            "/dev/null",
            "--transfers",
            "8",
            "--checkers",
            "8",
            "--retries",
            "1",
        ])
        .env("RCLONE_CONFIG_C_TYPE", "webdav")
        .env("RCLONE_CONFIG_C_VENDOR", "other")
        .env("RCLONE_CONFIG_C_URL", scene.url())
        .env("RCLONE_CONFIG_C_USER", "ann")
        .env("RCLONE_CONFIG_C_PASS", secret.trim())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{words:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn same(scene: &Scene, here: &str) {
    let checked = rclone(scene, &["check", here, "c:files", "--download"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(said.contains("0 differences found"), "{said}");
}

/// Two thousand small files in twenty folders, of names that are awkward in addresses, there and back.
#[test]
fn rclone_copies_and_syncs_two_thousand_files() {
    let scene = Scene::set();
    let place = tempfile::tempdir().unwrap();
    let (here, back) = (place.path().join("here"), place.path().join("back"));
    for number in 0..2000 {
        let folder = here.join(format!("Folder {} & co", number % 20));
        fs::create_dir_all(&folder).unwrap();
        let text = format!("The content of {number}.\n").repeat(number % 40);
        fs::write(folder.join(format!("Paper #{number} – 100% ü.txt")), text).unwrap();
    }
    let (here, back) = (here.to_str().unwrap(), back.to_str().unwrap());
    rclone(&scene, &["copy", here, "c:files"]);
    same(&scene, here);
    rclone(&scene, &["copy", "c:files", back]);
    let differ = Command::new("diff")
        .args(["-r", here, back])
        .output()
        .unwrap();
    assert!(
        differ.status.success(),
        "{}",
        String::from_utf8_lossy(&differ.stdout)
    );
    // Some go, some change, one comes.
    fs::remove_dir_all(format!("{here}/Folder 3 & co")).unwrap();
    fs::write(
        format!("{here}/Folder 4 & co/Paper #4 – 100% ü.txt"),
        "Another content, longer than before",
    )
    .unwrap();
    fs::write(format!("{here}/New.txt"), "new").unwrap();
    rclone(&scene, &["sync", here, "c:files"]);
    same(&scene, here);
    rclone(&scene, &["sync", "c:files", back]);
    let differ = Command::new("diff")
        .args(["-r", here, back])
        .output()
        .unwrap();
    assert!(
        differ.status.success(),
        "{}",
        String::from_utf8_lossy(&differ.stdout)
    );
    scene.check();
}

#[test]
fn cadaver_goes_through_a_session() {
    let scene = Scene::set();
    let home = tempfile::tempdir().unwrap();
    let netrc = format!(
        "machine localhost\nlogin ann\npassword {}\n",
        scene.ann().secret()
    );
    fs::write(home.path().join(".netrc"), netrc).unwrap();
    fs::write(home.path().join("a.txt"), "from cadaver").unwrap();
    let script = "mkcol f\ncd f\nput a.txt\nlock a.txt\nput a.txt\nunlock a.txt\npropset a.txt colour blue\npropget a.txt colour\n\
        copy a.txt b.txt\nmove b.txt c.txt\nget c.txt got.txt\ndelete c.txt\nls\ncd ..\nrmcol f\nquit\n";
    let mut child = Command::new("cadaver")
        .arg(scene.url())
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("cadaver is needed (on Debian: apt-get install cadaver): {error}")
        });
    child
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("failed"), "{said}");
    assert_eq!(said.matches("succeeded").count(), 12, "{said}");
    assert!(said.contains("blue"), "{said}");
    let got = fs::read_to_string(home.path().join("got.txt")).unwrap();
    assert_eq!(got, "from cadaver");
    assert!(scene.ann().everybody_sees().is_empty());
    scene.check();
}

#[allow(
    clippy::print_stdout,
    reason = "whoever runs it is told what was not tested"
)]
fn skipped(why: &str) {
    println!("davfs2 was not tested: {why}");
}

/// davfs2 mounts it as a file system, where this machine lets it.
#[test]
fn davfs2_writes_and_reads_where_it_can_mount() {
    if !rustix::process::geteuid().is_root() || !Path::new("/dev/fuse").exists() {
        return skipped("mounting needs root and /dev/fuse");
    }
    if !Path::new("/sbin/mount.davfs").exists() {
        return skipped("it is not installed (on Debian: apt-get install davfs2)");
    }
    let scene = Scene::set();
    let place = tempfile::tempdir().unwrap();
    let (secrets, mount) = (place.path().join("secrets"), place.path().join("mount"));
    fs::create_dir(&mount).unwrap();
    fs::write(
        &secrets,
        format!("{} ann {}\n", scene.url(), scene.ann().secret()),
    )
    .unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&secrets, private).unwrap();
    let conf = place.path().join("davfs2.conf");
    fs::write(
        &conf,
        format!("secrets {}\nask_auth 0\n", secrets.display()),
    )
    .unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "davfs", "-o", &format!("conf={}", conf.display())])
        .arg(scene.url())
        .arg(&mount)
        .output()
        .unwrap();
    if !mounted.status.success() {
        return skipped(&String::from_utf8_lossy(&mounted.stderr));
    }
    let written = fs::write(mount.join("Mounted.txt"), "through the file system");
    let listed = fs::read_dir(&mount).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    // Unmounting waits until everything was sent.
    let unmounted = Command::new("umount").arg(&mount).output().unwrap();
    assert!(
        unmounted.status.success(),
        "{}",
        String::from_utf8_lossy(&unmounted.stderr)
    );
    written.unwrap();
    if let Err(error) = listed {
        skipped(&format!(
            "listing a folder, which this kernel's FUSE refuses it: {error}"
        ));
    }
    assert_eq!(
        scene.bob().get("/Mounted.txt").body,
        "through the file system"
    );
    assert_eq!(scene.ann().everybody_sees(), ["Mounted.txt"]);
    scene.check();
}
