//! A message as it goes out (RFC 5322), in plain text.

use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};

use crate::kernel::Time;

/// What is written to somebody.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What makes its `Message-ID`: the same for the same message, whenever and by whichever node it is sent.
    pub id: String,
    /// Where to.
    pub address: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The page that it leads to.
    pub link: String,
    /// Its date.
    pub written_at: Time,
    /// The realm's name, which signs it.
    pub realm: String,
}

/// In which way a text is not an e-mail address that can be written to.
const NOT_AN_ADDRESS: &str = "the address is not one that can be written to";

impl Letter {
    /// The receiver's address, and the letter.
    pub(super) fn written(&self, from: &Mailbox) -> Result<(Address, Vec<u8>), String> {
        let address: Address = self
            .address
            .trim()
            .parse()
            .map_err(|_| NOT_AN_ADDRESS.to_owned())?;
        let micros = u64::try_from(self.written_at.micros()).unwrap_or_default();
        // Nobody answers by a program: neither "out of office" nor a list's "you are not a member" (RFC 3834).
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let letter = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, address.clone()))
            .subject(self.subject.clone())
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())))
            .raw_header(automatic)
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(self.text()),
            )
            .map_err(|error| error.to_string())?;
        Ok((address, letter.formatted()))
    }

    fn text(&self) -> String {
        let Self {
            body, link, realm, ..
        } = self;
        // Short lines go out as they are.
        format!(
            "{body}\n\n{link}\n\n--\n{realm} sent this message by itself.\nNobody reads what is sent in reply.\n"
        )
    }
}
