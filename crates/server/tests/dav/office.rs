//! LibreOffice itself, opening and saving a document over WebDAV while somebody else tries to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Scene;
use crate::people::base64;

/// What LibreOffice's own Python does with it.
const SCRIPT: &str = r"
import sys, time, uno
from com.sun.star.beans import PropertyValue
def prop(name, value):
    p = PropertyValue(); p.Name = name; p.Value = value; return p
context = uno.getComponentContext()
resolver = context.ServiceManager.createInstanceWithContext('com.sun.star.bridge.UnoUrlResolver', context)
for _ in range(200):
    try:
        remote = resolver.resolve('uno:pipe,name=%s;urp;StarOffice.ComponentContext' % sys.argv[1]); break
    except Exception:
        time.sleep(0.3)
desktop = remote.ServiceManager.createInstanceWithContext('com.sun.star.frame.Desktop', remote)
url = sys.argv[2]
hidden = prop('Hidden', True)
document = desktop.loadComponentFromURL('private:factory/swriter', '_blank', 0, (hidden,))
document.Text.String = 'first'
document.storeAsURL(url, (prop('FilterName', 'writer8'),))
document.close(True)
print('stored', flush=True)
sys.stdin.readline()
document = desktop.loadComponentFromURL(url, '_blank', 0, (hidden,))
assert document.Text.String == 'first', document.Text.String
assert not document.isReadonly()
for number in range(3):
    document.Text.String = 'save %d' % number
    document.store()
print('saved', flush=True)
sys.stdin.readline()
document.close(True)
print('closed', flush=True)
try:
    desktop.terminate()
except Exception:
    pass
";

/// LibreOffice asks a person for a password, and there is none here: this adds it to what LibreOffice sends.
fn signing_in(port: u16, secret: &str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    let line = format!(
        "Authorization: Basic {}\r\n",
        base64(format!("ann:{secret}").as_bytes())
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let line = line.clone();
            std::thread::spawn(move || relay(&stream, port, &line));
        }
    });
    own
}

fn relay(client: &TcpStream, port: u16, line: &str) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)) else {
        return;
    };
    let (Ok(mut answers), Ok(mut back)) = (server.try_clone(), client.try_clone()) else {
        return;
    };
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut back);
        let _ = back.shutdown(std::net::Shutdown::Both);
    });
    let mut reader = BufReader::new(client);
    loop {
        let mut length = 0_u64;
        let mut chunked = false;
        let mut head = String::new();
        loop {
            let mut text = String::new();
            if reader.read_line(&mut text).unwrap_or(0) == 0 {
                let _ = server.shutdown(std::net::Shutdown::Write);
                return;
            }
            if text == "\r\n" {
                break;
            }
            let lower = text.to_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            chunked |= lower.starts_with("transfer-encoding:");
            if !lower.starts_with("authorization:") {
                head.push_str(&text);
            }
        }
        let sent = server.write_all(format!("{head}{line}\r\n").as_bytes());
        if sent.is_err() {
            return;
        }
        if chunked {
            loop {
                let mut size = String::new();
                if reader.read_line(&mut size).unwrap_or(0) == 0
                    || server.write_all(size.as_bytes()).is_err()
                {
                    return;
                }
                let bytes = u64::from_str_radix(size.trim(), 16).unwrap_or(0);
                let _ = std::io::copy(&mut reader.by_ref().take(bytes + 2), &mut server);
                if bytes == 0 {
                    break;
                }
            }
        } else {
            let _ = std::io::copy(&mut reader.by_ref().take(length), &mut server);
        }
    }
}

#[allow(
    clippy::print_stdout,
    reason = "whoever runs it is told what was not tested"
)]
#[test]
fn libreoffice_opens_and_saves_while_somebody_else_tries_to() {
    let python = Path::new("/usr/bin/python3");
    let there = Command::new(python)
        .args(["-c", "import uno"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !there || Command::new("soffice").arg("--version").output().is_err() {
        println!(
            "LibreOffice was not tested: on Debian, apt-get install libreoffice-writer-nogui python3-uno"
        );
        return;
    }
    let scene = Scene::set();
    let (ann, bob) = (scene.ann(), scene.bob());
    let port = signing_in(scene.realm.port(), ann.secret());
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join("office.py");
    std::fs::write(&script, SCRIPT).unwrap();
    let pipe = format!("chancery{port}");
    let mut office = Command::new("soffice")
        .args(["--headless", "--norestore", "--nologo"])
        .arg(format!(
            "-env:UserInstallation=file://{}/profile",
            place.path().display()
        ))
        .arg(format!("--accept=pipe,name={pipe};urp;"))
        .env("HOME", place.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let url = format!("vnd.sun.star.webdav://localhost:{port}/dav/Papers/Minutes/Letter.odt");
    let mut running = Command::new(python)
        .arg(&script)
        .args([&pipe, &url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut tell = running.stdin.take().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap());
    let mut faults = running.stderr.take().unwrap();
    let mut next = |wanted: &str| {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        if line.trim() != wanted {
            let mut why = String::new();
            let _ = faults.read_to_string(&mut why);
            panic!(
                "LibreOffice did not come to {wanted:?}: {line:?}\n{why}\n{}",
                scene.program.log()
            );
        }
    };
    next("stored");
    let (id, first) = ann.document("Letter.odt");
    tell.write_all(b"\n").unwrap();
    next("saved");
    // LibreOffice has it open: nobody else writes, and nobody else sees what is not given back.
    assert_eq!(bob.put("/Letter.odt", "mine"), 423);
    assert_eq!(ann.document("Letter.odt"), (id.clone(), first));
    tell.write_all(b"\n").unwrap();
    next("closed");
    running.wait().unwrap();
    let _ = office.kill();
    let _ = office.wait();
    let (same, after) = ann.document("Letter.odt");
    assert_eq!(
        (same, after),
        (id, first + 1),
        "three saves are one version"
    );
    assert_eq!(ann.everybody_sees(), ["Letter.odt"]);
    assert!(ann.bin().is_empty());
    assert_eq!(bob.put("/Letter.odt", "mine now"), 204);
    scene.check();
}
