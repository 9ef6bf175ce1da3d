//! The commands in README.md, tried as they are written.
//!
//! Every line of a block marked `sh` is a command. A block marked `sh ignore` is
//! shown and not tried; it is for what needs another machine.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::{Failure, command, run, served, test};

/// A command in the README and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Example {
    line: usize,
    command: String,
}

/// How a command is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It opens a realm: it is started, looked at and ended.
    Serves,
    /// It is this very run.
    Itself,
    /// It fetches the project or enters it, which has been done.
    Arrives,
    /// It is run to its end.
    Ends,
}

/// Tries every command of the README.
pub(crate) fn check() -> Result<(), Failure> {
    let readme = command::top().join("README.md");
    let text =
        fs::read_to_string(&readme).map_err(|error| Failure::new(format!("README.md: {error}")))?;
    let examples = examples(&text);
    if examples.is_empty() {
        return Err(Failure::new(
            "README.md shows no command in a block marked `sh`",
        ));
    }
    let place = tempfile::Builder::new()
        .prefix("chancery-readme-")
        .tempdir()?;
    let program = run::build(false)?;
    for Example { line, command } in examples {
        println!("README.md:{line}: {command}");
        let tried = attempt(&command, place.path(), &program);
        tried.map_err(|failure| Failure::new(format!("README.md:{line}: {command}: {failure}")))?;
    }
    Ok(())
}

fn attempt(written: &str, place: &Path, program: &Path) -> Result<(), Failure> {
    let Some(way) = way(written) else {
        return Err(Failure::new(
            "this check does not know how to try it; teach it in xtask/src/readme.rs, or mark the block `sh ignore`",
        ));
    };
    match way {
        Way::Arrives => Ok(()),
        Way::Itself => {
            let words = written.split_whitespace().skip(3);
            test::Wanted::parse(&mut lexopt::Parser::from_args(words)).map(|_| ())
        }
        Way::Serves => {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            let mut serve = shell(&apart(written, place), place, program);
            serve
                .env("CHANCERY__SERVER__LISTEN", format!("127.0.0.1:{port}"))
                .env(
                    "CHANCERY__SERVER__ADDRESS",
                    format!("http://127.0.0.1:{port}"),
                );
            let seen = served::look(&mut serve)?;
            println!("  {seen}");
            Ok(())
        }
        Way::Ends => command::run(&mut shell(&apart(written, place), place, program)),
    }
}

/// The command in a shell, where `chancery` is the program just built. `exec`
/// makes the shell become the command, so that Ctrl-C reaches it.
fn shell(written: &str, place: &Path, program: &Path) -> Command {
    let mut shell = command::program("sh");
    let bin = program.parent().unwrap_or(place).to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin).chain(std::env::split_paths(&path)));
    shell
        .args(["-c", &format!("exec {written}")])
        .env("PATH", path.unwrap_or_default());
    if !written.starts_with("cargo ") {
        shell.current_dir(place);
    }
    shell
}

/// The same command, beside whatever else is on this machine: the folder `/srv`
/// is one of this check's own, and so is the demonstration realm.
fn apart(written: &str, place: &Path) -> String {
    let own = place.display();
    let apart = written.replace("/srv/", &format!("{own}/srv/"));
    if !written.starts_with("cargo ") || written.contains("--directory") {
        return apart;
    }
    let dashes = if written.contains(" -- ") { "" } else { " --" };
    format!("{apart}{dashes} --directory '{own}/realm'")
}

fn way(written: &str) -> Option<Way> {
    let words: Vec<&str> = written.split_whitespace().collect();
    match words[..] {
        ["cargo", "xtask", "run", ..]
        | ["chancery", "serve" | "demo", ..]
        | ["chancery", "--config", _, "serve", ..] => Some(Way::Serves),
        ["cargo", "xtask", "test", ..] => Some(Way::Itself),
        ["git", "clone", ..] | ["cd", _] => Some(Way::Arrives),
        ["chancery", ..] => Some(Way::Ends),
        _ => None,
    }
}

/// The commands in blocks marked `sh`, with lines joined that end in a backslash.
fn examples(markdown: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut inside = None;
    let mut open: Option<Example> = None;
    for (index, line) in markdown.lines().enumerate() {
        let trimmed = line.trim();
        if let Some(mark) = trimmed.strip_prefix("```") {
            inside = if inside.is_some() {
                None
            } else {
                Some(mark.trim() == "sh")
            };
            continue;
        }
        if inside != Some(true) {
            continue;
        }
        let code = trimmed.split(" #").next().unwrap_or_default().trim();
        if code.is_empty() || code.starts_with('#') {
            continue;
        }
        let (part, goes_on) = match code.strip_suffix('\\') {
            Some(part) => (part.trim(), true),
            None => (code, false),
        };
        let mut example = open.take().unwrap_or(Example {
            line: index + 1,
            command: String::new(),
        });
        if !example.command.is_empty() {
            example.command.push(' ');
        }
        example.command.push_str(part);
        if goes_on {
            open = Some(example);
        } else {
            examples.push(example);
        }
    }
    examples
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# It\n\n```sh\ngit clone https://example.org/it\ncd it\n# then\n\
        cargo xtask run   # opens a realm\n```\n\n```toml\nlisten = \"x\"\n```\n\n\
        ```sh ignore\nrm -rf /\n```\n  ```sh\n  chancery serve \\\n    --directory realm\n  ```\n";

    #[test]
    fn commands_are_found_in_blocks_marked_sh() {
        let found: Vec<(usize, String)> = examples(README)
            .into_iter()
            .map(|example| (example.line, example.command))
            .collect();
        assert_eq!(
            found,
            [
                (4, "git clone https://example.org/it".to_owned()),
                (5, "cd it".to_owned()),
                (7, "cargo xtask run".to_owned()),
                (18, "chancery serve --directory realm".to_owned()),
            ]
        );
    }

    #[test]
    fn an_unknown_command_is_an_error_and_a_mistyped_one_too() {
        let place = Path::new("/nowhere");
        assert!(attempt("curl example.org | sh", place, place).is_err());
        assert!(attempt("cargo xtask test --ony fmt", place, place).is_err());
        assert!(attempt("cargo xtask test --only fmt", place, place).is_ok());
    }

    #[test]
    fn a_realm_is_opened_apart_from_others() {
        let place = Path::new("/place");
        assert_eq!(
            apart("cargo xtask run", place),
            "cargo xtask run -- --directory '/place/realm'"
        );
        assert_eq!(
            apart("cargo xtask run -- --database x", place),
            "cargo xtask run -- --database x --directory '/place/realm'"
        );
        assert_eq!(
            apart("chancery --config /srv/realm/realm.toml serve", place),
            "chancery --config /place/srv/realm/realm.toml serve"
        );
    }

    #[test]
    fn what_serves_is_told_from_what_ends() {
        assert_eq!(way("chancery --config a.toml serve"), Some(Way::Serves));
        assert_eq!(way("chancery --config a.toml check"), Some(Way::Ends));
        assert_eq!(way("cargo xtask run -- --release"), Some(Way::Serves));
        assert_eq!(way("cargo publish"), None);
    }
}
