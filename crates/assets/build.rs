//! Builds the stylesheet and the script from `frontend/` with npm, Sass and esbuild, all under `OUT_DIR`.
//!
//! Nothing is written to the source tree. `npm ci` runs again only when `package-lock.json` has changed. With
//! `CHANCERY_WEB_DIST` set, the files of that directory (`chancery.css`, `chancery.js`, `uploading.js`, `reading.js`,
//! `pdf.worker.js`, `favicon.svg`, and `pdfjs/` with the fonts and decoders of pdf.js) are used as they are and no npm is
//! needed: for packagers, and for machines without a network.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "Cargo and a build script speak through the environment and by printing"
)]

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use sha2::{Digest as _, Sha256};

/// What is served, with its content type and the constant that holds its address.
const SERVED: [(&str, &str, &str); 6] = [
    ("chancery.css", "text/css; charset=utf-8", "STYLESHEET"),
    ("chancery.js", "text/javascript; charset=utf-8", "SCRIPT"),
    (
        "uploading.js",
        "text/javascript; charset=utf-8",
        "UPLOADING",
    ),
    ("reading.js", "text/javascript; charset=utf-8", "READING"),
    (
        "pdf.worker.js",
        "text/javascript; charset=utf-8",
        "PDF_WORKER",
    ),
    ("favicon.svg", "image/svg+xml", "FAVICON"),
];

/// The worker of pdf.js runs its decoders of pictures, which are WebAssembly; nothing else may. A worker has the policy that it
/// came with, not that of its page.
const WORKER_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/// What pdf.js asks for by name while it draws: fonts that documents do not bring, tables of characters of Chinese, Japanese and
/// Korean, and decoders of pictures. With their licences.
const PDFJS: [&str; 3] = ["standard_fonts", "cmaps", "wasm"];

/// The Sass entries, in the order in which the stylesheet needs them. They cannot be one entry, because GOV.UK and
/// MoJ Frontend each configure the same module.
const SHEETS: [&str; 3] = ["govuk", "moj", "chancery"];

const ADVICE: &str = "The pages' stylesheet and script are built with Node.js 20 or newer and npm. Install them \
    (Debian and Ubuntu: apt-get install nodejs npm; Fedora: dnf install nodejs; macOS: brew install node), or set \
    CHANCERY_WEB_DIST to a directory that holds chancery.css, chancery.js, uploading.js, reading.js, pdf.worker.js, favicon.svg \
    and pdfjs/ built elsewhere.";

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=frontend");
    println!("cargo::rerun-if-env-changed=CHANCERY_WEB_DIST");
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let source = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("frontend");
    let out = PathBuf::from(variable("OUT_DIR")?);
    let dist = out.join("dist");
    fs::create_dir_all(&dist).map_err(|error| at(&dist, &error))?;
    let npm = out.join("npm");
    if let Some(ready) = env::var_os("CHANCERY_WEB_DIST").map(PathBuf::from) {
        println!("cargo::rerun-if-changed={}", ready.display());
        for (name, ..) in SERVED {
            copy(&ready.join(name), &dist.join(name))?;
        }
        copy_tree(&ready.join("pdfjs"), &dist.join("pdfjs"))?;
    } else {
        copy_tree(&source, &npm)?;
        install(&npm)?;
        style(&npm, &dist)?;
        script(&npm, &dist)?;
        copy(&npm.join("icons/favicon.svg"), &dist.join("favicon.svg"))?;
        pdfjs(&npm.join("node_modules/pdfjs-dist"), &dist)?;
    }
    write(&out.join("table.rs"), table(&dist, &npm)?.as_bytes())
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("Cargo did not set {name}"))
}

/// Installs the packages of the lock file, unless they are installed already.
fn install(npm: &Path) -> Result<(), String> {
    let lock = read(&npm.join("package-lock.json"))?;
    let wanted = hash(&lock);
    let stamp = npm.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // A half-finished installation must not pass for a whole one.
    let _ = fs::remove_file(&stamp);
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(program)
        .args([
            "ci",
            "--ignore-scripts",
            "--prefer-offline",
            "--include=dev",
            "--include=optional",
        ])
        .args(["--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(npm))
    .map_err(|problem| {
        if problem.contains(ADVICE) {
            problem
        } else {
            format!("{problem}\n{ADVICE}")
        }
    })?;
    write(&stamp, wanted.as_bytes())
}

fn style(npm: &Path, dist: &Path) -> Result<(), String> {
    let mut sheet = Vec::new();
    for name in SHEETS {
        let made = npm.join(format!("{name}.css"));
        run(node("node_modules/sass/sass.js", npm)
            .args([
                "--style=compressed",
                "--no-source-map",
                "--no-charset",
                "--quiet-deps",
            ])
            .args(["--load-path=.", "--load-path=node_modules"])
            .arg(format!("scss/{name}.scss"))
            .arg(&made))?;
        sheet.extend(read(&made)?);
    }
    write(&npm.join("all.css"), &sheet)?;
    // The three sheets are put through one more compressor, which also merges what they share.
    esbuild(
        npm,
        &["all.css", "--minify", "--log-level=warning"],
        &dist.join("chancery.css"),
    )
}

/// What pdf.js fetches by itself: its worker, and what that asks for by name.
fn pdfjs(package: &Path, dist: &Path) -> Result<(), String> {
    copy(
        &package.join("legacy/build/pdf.worker.min.mjs"),
        &dist.join("pdf.worker.js"),
    )?;
    let to = dist.join("pdfjs");
    fs::create_dir_all(&to).map_err(|error| at(&to, &error))?;
    for folder in PDFJS {
        let from = package.join(folder);
        for entry in fs::read_dir(&from).map_err(|error| at(&from, &error))? {
            let path = entry.map_err(|error| at(&from, &error))?.path();
            // Instead of WebAssembly where there is none; every browser that runs this script has it.
            let spare = path.extension().is_some_and(|end| end == "js");
            if let (false, Some(name)) = (spare, path.file_name()) {
                let name = name.to_string_lossy();
                // Two of them have a licence of one name.
                let name = if name == "LICENSE" {
                    format!("LICENSE_{}", folder.to_uppercase())
                } else {
                    name.into_owned()
                };
                copy(&path, &to.join(name))?;
            }
        }
    }
    Ok(())
}

/// The script of every page; that of pages which send files, the same with what sends them; and that of pages which show a PDF.
fn script(npm: &Path, dist: &Path) -> Result<(), String> {
    for (name, target) in [
        ("chancery.js", "es2020"),
        ("uploading.js", "es2020"),
        // pdf.js waits at the top of its modules.
        ("reading.js", "es2022"),
    ] {
        esbuild(
            npm,
            &[
                &format!("js/{name}"),
                "--bundle",
                "--minify",
                "--format=esm",
                &format!("--target={target}"),
                "--log-level=warning",
            ],
            &dist.join(name),
        )?;
    }
    Ok(())
}

fn esbuild(npm: &Path, arguments: &[&str], out: &Path) -> Result<(), String> {
    run(node("node_modules/esbuild/bin/esbuild", npm)
        .args(arguments)
        .arg("--legal-comments=none")
        .arg(format!("--outfile={}", out.display())))
}

fn node(script: &str, directory: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(script).current_dir(directory);
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{} {}", command.get_program().display(), {
        let arguments: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        arguments.join(" ")
    });
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            format!(
                "The program `{}` was not found.\n{ADVICE}",
                command.get_program().display()
            )
        }
        _ => format!("could not run `{shown}`: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "`{shown}` failed ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    ))
}

/// Writes each file under its hashed name with its compressed forms, and the Rust that embeds them.
fn table(dist: &Path, npm: &Path) -> Result<String, String> {
    let mut rust = String::from("// Made by build.rs.\n");
    let mut rows = String::new();
    let mut count = 0;
    let mut serve = |name: &str, path: &str, content_type: &str| -> Result<(), String> {
        let bytes = read(&dist.join(name))?;
        write(&dist.join(format!("{name}.br")), &brotli(&bytes)?)?;
        write(&dist.join(format!("{name}.gz")), &gzip(&bytes)?)?;
        let embed = |suffix: &str| {
            format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/dist/{name}{suffix}\"))")
        };
        let policy = (name == "pdf.worker.js").then_some(WORKER_POLICY);
        let _ = writeln!(
            rows,
            "    Asset {{ path: {path:?}, bytes: {}, brotli: {}, gzip: {}, content_type: {content_type:?}, \
             etag: {:?}, policy: {policy:?} }},",
            embed(""),
            embed(".br"),
            embed(".gz"),
            format!("\"{}\"", &hash(&bytes)[..20]),
        );
        count += 1;
        Ok(())
    };
    for (name, content_type, constant) in SERVED {
        let digest = hash(&read(&dist.join(name))?);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let path = format!("{stem}.{}.{extension}", &digest[..10]);
        serve(name, &path, content_type)?;
        let _ = writeln!(rust, "const {constant}: &str = \"/assets/{path}\";");
    }
    let (names, digest) = fetched(&dist.join("pdfjs"))?;
    let folder = format!("pdfjs.{}", &digest[..10]);
    for name in names {
        serve(
            &format!("pdfjs/{name}"),
            &format!("{folder}/{name}"),
            match name.rsplit_once('.').map_or("", |(_, end)| end) {
                "wasm" => "application/wasm",
                "ttf" => "font/ttf",
                "pfb" | "bcmap" => "application/octet-stream",
                _ => "text/plain; charset=utf-8",
            },
        )?;
    }
    let _ = writeln!(rust, "const PDFJS: &str = \"/assets/{folder}/\";");
    let _ = writeln!(rust, "static ASSETS: [Asset; {count}] = [\n{rows}];");
    let embed = |file: &str| format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/npm/{file}\"))");
    if env::var_os("CARGO_FEATURE_AXE").is_some() {
        let file = "node_modules/axe-core/axe.min.js";
        present(&npm.join(file))?;
        let _ = writeln!(rust, "static AXE: &str = {};", embed(file));
    }
    if env::var_os("CARGO_FEATURE_FIXTURES").is_some() {
        let folder = "node_modules/govuk-frontend/dist/govuk/components";
        let components = npm.join(folder);
        present(&components)?;
        rust.push_str("static FIXTURES: &[(&str, &str)] = &[\n");
        for entry in fs::read_dir(&components).map_err(|error| at(&components, &error))? {
            let name = entry.map_err(|error| at(&components, &error))?.file_name();
            let name = name.to_string_lossy();
            let file = format!("{folder}/{name}/fixtures.json");
            if npm.join(&file).exists() {
                let _ = writeln!(rust, "    ({name:?}, {}),", embed(&file));
            }
        }
        rust.push_str("];\n");
    }
    Ok(rust)
}

/// The names of what pdf.js asks for, in order, and a hash of all of it: it asks by name, so the folder carries the hash.
fn fetched(folder: &Path) -> Result<(Vec<String>, String), String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let name = entry.map_err(|error| at(folder, &error))?.file_name();
        let name = name.to_string_lossy().into_owned();
        let end = name.rsplit_once('.').map_or("", |(_, end)| end);
        // Compressed by an earlier build.
        if !["br", "gz"].contains(&end) {
            names.push(name);
        }
    }
    names.sort();
    let mut all = Vec::new();
    for name in &names {
        all.extend_from_slice(hash(&read(&folder.join(name))?).as_bytes());
    }
    Ok((names, hash(&all)))
}

fn present(path: &Path) -> Result<(), String> {
    if path.exists() {
        Ok(())
    } else {
        Err(format!(
            "{} is missing: the features `axe` and `fixtures` need npm and do not work with CHANCERY_WEB_DIST.",
            path.display()
        ))
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 9,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)
        .map_err(|error| format!("Brotli: {error}"))?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|error| format!("gzip: {error}"))
}

/// Copies a tree, leaving `node_modules` and what the build made there alone. A file that is gone from the source is
/// left behind, which is harmless: nothing names it any more.
fn copy_tree(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| at(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| at(from, &error))? {
        let path = entry.map_err(|error| at(from, &error))?.path();
        let Some(name) = path.file_name().filter(|name| *name != "node_modules") else {
            continue;
        };
        if path.is_dir() {
            copy_tree(&path, &to.join(name))?;
        } else {
            copy(&path, &to.join(name))?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    // Read and written rather than copied, so that a read-only source tree does not make the build read-only.
    write(to, &read(from)?)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| at(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| at(path, &error))
}

fn at(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
