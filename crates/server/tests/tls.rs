//! Private connections to the real program: handshakes, HTTP/2, a certificate that changes, keys that
//! do not fit, and one that an authority gives by itself.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod program;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use program::{Program, Realm, free_port, until};
use rcgen::{CertificateParams, KeyPair};
use rustix::process::Signal;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A certificate for this machine that vouches for itself, and its key, in PEM.
fn certificate() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    (certificate.pem(), key.serialize_pem())
}

fn write_key(file: &Path, pem: &str) {
    std::fs::write(file, pem).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A realm that ends TLS itself, with this certificate.
fn private_realm((certificate, key): &(String, String)) -> Realm {
    let realm = Realm::new();
    std::fs::write(realm.path("certificate.pem"), certificate).unwrap();
    write_key(&realm.path("key.pem"), key);
    realm.replace("\"http://localhost", "\"https://localhost");
    realm.say(
        "server",
        "tls = { certificate = \"certificate.pem\", key = \"key.pem\" }",
    );
    realm
}

/// A connection by somebody who trusts only these certificates.
async fn connect(
    port: u16,
    trusted: &str,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(trusted.as_bytes()) {
        roots.add(root.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from("localhost").unwrap(), stream)
        .await
}

/// Asks on a connection that stays open, and reads until the answer is there.
async fn ask(stream: &mut TlsStream<TcpStream>, path: &str, ending: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&answer).contains(ending) {
        let read = stream.read(&mut piece).await.unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Whether somebody who trusts only these certificates gets in.
async fn fits(port: u16, trusted: &str) -> bool {
    connect(port, trusted, &[]).await.is_ok()
}

#[tokio::test]
async fn a_new_certificate_is_shown_and_open_connections_go_on() {
    let (first, second) = (certificate(), certificate());
    let realm = private_realm(&first);
    let program = realm.serve();
    let mut open = connect(realm.port(), &first.0, &["http/1.1"])
        .await
        .unwrap();
    let page = ask(&mut open, "/sign-in", "</html>").await;
    assert!(page.contains("strict-transport-security"), "{page}");
    assert!(!fits(realm.port(), &second.0).await);

    // A key that does not fit yet is not taken.
    write_key(&realm.path("key.pem"), &second.1);
    program.signal(Signal::HUP);
    until("it says that the key does not fit", || {
        program.log().contains("server.tls.key")
    });
    assert!(fits(realm.port(), &first.0).await);

    // By itself, without being told.
    std::fs::write(realm.path("certificate.pem"), &second.0).unwrap();
    for _ in 0..200 {
        if fits(realm.port(), &second.0).await {
            break;
        }
        pause().await;
    }
    assert!(fits(realm.port(), &second.0).await, "{}", program.log());
    assert!(!fits(realm.port(), &first.0).await);
    assert!(
        ask(&mut open, "/healthz", "alive\n")
            .await
            .contains("200 OK")
    );
}

#[allow(clippy::disallowed_methods, reason = "polls another process")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test]
async fn http_2_is_spoken_where_both_can() {
    let certificate = certificate();
    let realm = private_realm(&certificate);
    let mut program = realm.serve();
    let stream = connect(realm.port(), &certificate.0, &["h2", "http/1.1"])
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    for _ in 0..3 {
        let request = Request::get("https://localhost/readyz")
            .body(Empty::<Bytes>::new())
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(!body.is_empty());
    }
    // An open connection of HTTP/2 with nothing under way is no reason to wait.
    program.signal(Signal::TERM);
    assert!(program.ended().success());
    let _ = connection.await;
}

#[test]
fn what_is_wrong_with_the_files_is_said_by_key() {
    let (mine, other) = (certificate(), certificate());
    let realm = private_realm(&mine);
    let key = realm.path("key.pem");

    write_key(&key, &other.1);
    let (right, said) = realm.command(&["serve"]);
    assert!(
        !right && said.contains("server.tls.key") && said.contains("not the key of"),
        "{said}"
    );
    let (right, said) = realm.command(&["check"]);
    assert!(!right && said.contains("server.tls.key"), "{said}");

    write_key(&key, &mine.1);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (right, said) = realm.command(&["serve"]);
    assert!(
        !right && said.contains("server.tls.key") && said.contains("600"),
        "{said}"
    );

    write_key(&key, "nothing of use");
    let (right, said) = realm.command(&["serve"]);
    assert!(!right && said.contains("server.tls.key"), "{said}");

    write_key(&key, &mine.1);
    std::fs::remove_file(realm.path("certificate.pem")).unwrap();
    let (right, said) = realm.command(&["serve"]);
    assert!(!right && said.contains("server.tls.certificate"), "{said}");

    std::fs::write(realm.path("certificate.pem"), &mine.0).unwrap();
    let (right, said) = realm.command(&["check"]);
    assert!(right && said.contains("certificate"), "{said}");
}

/// Pebble: the authority that the makers of Let's Encrypt test clients with.
struct Authority(Child);

impl Authority {
    /// Looks for whoever it is to certify at this port of this machine.
    fn start(directory: &Path, port: u16, asks_at: u16) -> Self {
        let (certificate, key) = certificate();
        std::fs::write(directory.join("authority.pem"), certificate).unwrap();
        std::fs::write(directory.join("authority-key.pem"), key).unwrap();
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{}", free_port()),
            "certificate": "authority.pem",
            "privateKey": "authority-key.pem",
            "httpPort": free_port(),
            "tlsPort": asks_at,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        std::fs::write(directory.join("pebble.json"), config.to_string()).unwrap();
        let child = Command::new("pebble")
            .args(["-config", "pebble.json"])
            .current_dir(directory)
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pebble is installed (on Debian: apt-get install pebble)");
        until("the authority listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self(child)
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn an_authority_gives_a_certificate_by_itself() {
    let realm = Realm::new();
    let port = free_port();
    let _authority = Authority::start(&realm.path("."), port, realm.port());
    realm.replace("\"http://localhost", "\"https://localhost");
    realm.say(
        "server.acme",
        &format!(
            "domains = [\"localhost\"]\ncontact = [\"operator@test.example\"]\ncache = \"acme\"\n\
             directory = \"https://localhost:{port}/dir\"\nauthority = \"authority.pem\""
        ),
    );
    let program = realm.serve();
    until("the authority gave a certificate", || {
        program.log().contains("DeployedNewCert")
    });
    let (issuer, names) = shown(realm.port()).await;
    assert!(issuer.contains("Pebble"), "{issuer}");
    assert!(names.contains("localhost"), "{names}");
    let mode = |path: &str| realm.path(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("acme"), 0o700);

    // The next start has it from its cache.
    drop(program);
    let program = Program::start(&realm.path("."), realm.port(), &["serve"]);
    until("the certificate is remembered", || {
        program.log().contains("DeployedCachedCert")
    });
    assert!(shown(realm.port()).await.0.contains("Pebble"));
}

/// Who issued the certificate that is shown, and for which names.
async fn shown(port: u16) -> (String, String) {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(ServerName::try_from("localhost").unwrap(), stream)
        .await
        .unwrap();
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let (_, certificate) = x509_parser::parse_x509_certificate(&shown).unwrap();
    let names = certificate.subject_alternative_name().unwrap().unwrap();
    (
        certificate.issuer().to_string(),
        format!("{:?}", names.value),
    )
}

/// Looks at a certificate without judging it; the handshake is still proved.
#[derive(Debug)]
struct Anybody(Arc<rustls::crypto::CryptoProvider>);

impl rustls::client::danger::ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: rustls::pki_types::UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
