//! What the machine must have, and getting it where we may.

use std::process::Command;

use rustix::process::geteuid;

use crate::command::{self, answer};
use crate::{Failure, command::cargo};

/// Something that a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The Rust compiler, as new as Cargo.toml asks for.
    Rust,
    /// rustfmt.
    Format,
    /// clippy.
    Lints,
    /// A C compiler and linker: SQLite and the cryptography are written in C.
    C,
    /// Node.js and npm: the design systems come from npm and are compiled by the build.
    Node,
    /// PostgreSQL's own programs.
    Postgres,
    /// Chromium and its driver.
    Browser,
    /// Pebble, the authority that clients of ACME are tested with.
    Authority,
    /// Python with its virtual environments: schemathesis is written in it.
    Python,
    /// LibreOffice, which writes the office formats of before 2007 and OpenDocument.
    Office,
    /// tesseract, which makes out the words in pictures, and what draws the pages of PDFs for it.
    Words,
    /// Apache's server, beside which WebDAV is measured.
    Apache,
    /// Programs for files that speak WebDAV, and its conformance suite.
    Files,
    /// ClamAV's daemon, which looks for malware.
    Clamd,
    /// A mail server in Python, which takes what tests send.
    Post,
    /// The test runner.
    Nextest,
    /// The checker of licences, sources and advisories.
    Deny,
}

/// The versions of cargo's additions that are installed where there are none.
const NEXTEST: &str = "cargo-nextest@0.9.151";
const DENY: &str = "cargo-deny@0.20.2";

/// The oldest Node.js that the build of the pages is known to work with.
const NODE: Version = (20, 0);

/// Major and minor.
type Version = (u32, u32);

impl Need {
    /// What is wrong, or nothing.
    fn lacks(self) -> Option<String> {
        match self {
            Self::Rust => {
                let wanted = rust_version();
                let found = answer("rustc", &["--version"]).and_then(|text| version(&text));
                older(found, wanted, "Rust")
            }
            Self::Format => missing("rustfmt", &["--version"], "rustfmt"),
            Self::Lints => missing("cargo-clippy", &["--version"], "clippy"),
            Self::C => missing("cc", &["--version"], "a C compiler"),
            Self::Node => {
                let found = answer("node", &["--version"]).and_then(|text| version(&text));
                older(found, NODE, "Node.js").or_else(|| missing("npm", &["--version"], "npm"))
            }
            Self::Postgres => testkit::postgres::binaries().is_none().then(|| {
                format!(
                    "PostgreSQL {} or later is missing",
                    testkit::postgres::OLDEST
                )
            }),
            Self::Browser => {
                missing("chromedriver", &["--version"], "chromedriver").or_else(|| {
                    let names = ["chromium", "chromium-browser", "google-chrome"];
                    let found = names
                        .iter()
                        .any(|name| answer(name, &["--version"]).is_some());
                    (!found).then(|| "Chromium is missing".to_owned())
                })
            }
            Self::Authority => missing("pebble", &["-help"], "pebble"),
            Self::Apache => missing("/usr/sbin/apache2", &["-v"], "apache2"),
            Self::Files => ["rclone", "cadaver", "litmus", "soffice", "bwrap"]
                .into_iter()
                .find(|program| testkit::on_path(program).is_none())
                .map(|program| format!("{program} is missing"))
                .or_else(office_parts),
            Self::Python => missing(
                "python3",
                &["-c", "import ensurepip, venv"],
                "Python's venv",
            ),
            Self::Office => testkit::on_path("soffice")
                .is_none()
                .then(|| "LibreOffice is missing".to_owned()),
            Self::Clamd => testkit::clamd::program()
                .is_none()
                .then(|| "clamd is missing".to_owned()),
            Self::Post => missing(
                testkit::post::PYTHON,
                &["-c", "import aiosmtpd"],
                "aiosmtpd",
            ),
            Self::Words => missing(
                "tesseract",
                &["-l", "eng", "--print-parameters"],
                "tesseract with its English",
            )
            .or_else(|| missing("pdftoppm", &["-v"], "pdftoppm")),
            Self::Nextest => missing("cargo-nextest", &["--version"], "cargo-nextest"),
            Self::Deny => missing("cargo-deny", &["--version"], "cargo-deny"),
        }
    }

    /// Debian's packages that bring it.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::C => &["build-essential"],
            Self::Node => &["nodejs", "npm"],
            Self::Postgres => &["postgresql"],
            Self::Browser => &["chromium", "chromium-driver"],
            Self::Authority => &["pebble"],
            Self::Apache => &["apache2-bin", "e2fsprogs"],
            Self::Files => &[
                "litmus",
                "cadaver",
                "rclone",
                "davfs2",
                "libreoffice-writer-nogui",
                "libreoffice-calc-nogui",
                "libreoffice-impress-nogui",
                "bubblewrap",
                "python3-uno",
            ],
            Self::Python => &["python3", "python3-venv"],
            Self::Office => &[
                "libreoffice-writer-nogui",
                "libreoffice-calc-nogui",
                "libreoffice-impress-nogui",
            ],
            // Without its recommendations: neither the service nor the signatures are needed.
            Self::Clamd => &["clamav-daemon"],
            Self::Post => &["python3-aiosmtpd"],
            Self::Words => &["tesseract-ocr", "tesseract-ocr-eng", "poppler-utils"],
            Self::Rust | Self::Format | Self::Lints | Self::Nextest | Self::Deny => &[],
        }
    }

    /// The addition to cargo that it is.
    fn addition(self) -> Option<&'static str> {
        match self {
            Self::Nextest => Some(NEXTEST),
            Self::Deny => Some(DENY),
            _ => None,
        }
    }

    /// How a person gets it.
    fn how(self) -> String {
        match self {
            Self::Rust => "get it from https://rustup.rs, or run `rustup update`".to_owned(),
            Self::Format => "run `rustup component add rustfmt`".to_owned(),
            Self::Lints => "run `rustup component add clippy`".to_owned(),
            Self::C => "install gcc or clang (on Debian: `sudo apt-get install build-essential`)".to_owned(),
            Self::Node => "get it from https://nodejs.org (on Debian 13 or later: `sudo apt-get install nodejs npm`)".to_owned(),
            Self::Postgres => "install it (on Debian: `sudo apt-get install postgresql`; it need not run)".to_owned(),
            Self::Browser => "install both (on Debian: `sudo apt-get install chromium chromium-driver`)".to_owned(),
            Self::Authority => "install it (on Debian: `sudo apt-get install pebble`)".to_owned(),
            Self::Apache => "install it (on Debian: `sudo apt-get install apache2-bin`; it need not run)".to_owned(),
            Self::Files => "install them (on Debian: `sudo apt-get install litmus cadaver rclone davfs2 libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui bubblewrap python3-uno`)".to_owned(),
            Self::Python => "install it (on Debian: `sudo apt-get install python3-venv`)".to_owned(),
            Self::Office => "install it (on Debian: `sudo apt-get install libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui`)".to_owned(),
            Self::Clamd => "install it (on Debian: `sudo apt-get install clamav-daemon`; it need not run)".to_owned(),
            Self::Post => "install it (on Debian: `sudo apt-get install python3-aiosmtpd`)".to_owned(),
            Self::Words => "install them (on Debian: `sudo apt-get install tesseract-ocr tesseract-ocr-eng poppler-utils`)".to_owned(),
            Self::Nextest => format!("run `cargo install --locked {NEXTEST}`"),
            Self::Deny => format!("run `cargo install --locked {DENY}`"),
        }
    }
}

/// Fails with a list of what is missing and how to get each.
pub(crate) fn require(needs: &[Need]) -> Result<(), Failure> {
    let missing: Vec<String> = needs
        .iter()
        .filter_map(|need| Some(format!("  {}: {}", need.lacks()?, need.how())))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Some things are missing on this machine:\n{}",
        missing.join("\n")
    )))
}

/// Installs what is missing where we may: Debian's packages as root, cargo's
/// additions as anybody. Then fails as [`require`] does.
pub(crate) fn provide(needs: &[Need]) -> Result<(), Failure> {
    let missing: Vec<Need> = needs
        .iter()
        .copied()
        .filter(|need| need.lacks().is_some())
        .collect();
    let may = geteuid().is_root() && answer("apt-get", &["--version"]).is_some();
    let beyond_us = |need: &Need| need.addition().is_none() && (!may || need.packages().is_empty());
    if missing.iter().any(beyond_us) {
        // Said at once, not after the minutes that building the rest would take.
        return require(&missing);
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages())
        .copied()
        .collect();
    if !packages.is_empty() {
        command::run(apt().arg("update").arg("-qq"))?;
        let install = ["install", "-y", "-qq", "--no-install-recommends"];
        command::run(apt().args(install).args(&packages))?;
    }
    for addition in missing.iter().filter_map(|need| need.addition()) {
        install(addition)?;
    }
    require(needs)
}

fn apt() -> Command {
    let mut apt = command::program("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// Builds an addition to cargo, quickly rather than well: unoptimised, without
/// debugging information, without what only they themselves need.
fn install(addition: &str) -> Result<(), Failure> {
    println!("{addition} is missing: building it takes a few minutes, once");
    let mut install = cargo(&[
        "install",
        "--locked",
        "--debug",
        "--no-default-features",
        addition,
    ]);
    if addition == NEXTEST {
        install.args(["--features", "default-no-update"]);
    }
    install
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
        .env("CARGO_INCREMENTAL", "0")
        // Into a temporary directory that cargo removes, not among our own artefacts.
        .env_remove("CARGO_TARGET_DIR");
    command::run(&mut install)
}

/// LibreOffice comes in parts: what reads spreadsheets and presentations is a library beside the program.
fn office_parts() -> Option<String> {
    let program = testkit::on_path("soffice")?.canonicalize().ok()?;
    let beside = program.parent()?;
    [("libsclo.so", "Calc"), ("libsdlo.so", "Impress")]
        .into_iter()
        .find(|(library, _)| !beside.join(library).exists())
        .map(|(_, part)| format!("LibreOffice's {part} is missing"))
}

fn missing(program: &str, words: &[&str], what: &str) -> Option<String> {
    answer(program, words)
        .is_none()
        .then(|| format!("{what} is missing"))
}

fn older(found: Option<Version>, wanted: Version, what: &str) -> Option<String> {
    let (major, minor) = wanted;
    match found {
        None => Some(format!("{what} is missing ({major}.{minor} or later)")),
        Some(found) if found < wanted => Some(format!(
            "{what} is {}.{}, and {major}.{minor} or later is needed",
            found.0, found.1
        )),
        Some(_) => None,
    }
}

/// What Cargo.toml says under `rust-version`.
fn rust_version() -> Version {
    version(env!("CARGO_PKG_RUST_VERSION")).expect("the workspace names the Rust it needs")
}

/// The first version in a text such as "rustc 1.95.0 (59807616e 2026-04-14)" or "v20.19.2".
fn version(text: &str) -> Option<Version> {
    text.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        assert_eq!(
            version("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some((1, 95))
        );
        assert_eq!(version("v20.19.2"), Some((20, 19)));
        assert_eq!(version("1.95"), Some((1, 95)));
        assert_eq!(version("no such thing"), None);
    }

    #[test]
    fn what_is_too_old_or_missing_is_said() {
        assert_eq!(older(Some((1, 95)), (1, 95), "Rust"), None);
        assert_eq!(older(Some((2, 0)), (1, 95), "Rust"), None);
        assert_eq!(
            older(Some((18, 19)), (20, 0), "Node.js").as_deref(),
            Some("Node.js is 18.19, and 20.0 or later is needed")
        );
        assert_eq!(
            older(None, (20, 0), "Node.js").as_deref(),
            Some("Node.js is missing (20.0 or later)")
        );
    }

    #[test]
    fn every_need_says_how_it_is_met() {
        for need in [
            Need::Rust,
            Need::Format,
            Need::Lints,
            Need::C,
            Need::Node,
            Need::Postgres,
            Need::Browser,
            Need::Authority,
            Need::Python,
            Need::Nextest,
            Need::Deny,
        ] {
            assert!(!need.how().is_empty(), "{need:?}");
        }
        let failure = require(&[Need::Rust])
            .err()
            .map(|failure| failure.to_string());
        assert_eq!(
            failure, None,
            "this was compiled by a Rust that is new enough"
        );
    }
}
