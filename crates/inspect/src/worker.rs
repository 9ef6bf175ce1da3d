//! The worker: what runs in the process that is shut in.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::ExitCode;

use crate::answer::{Answer, Asked, Want};
use crate::failure::Told;
use crate::{read, scan, shut_in};

/// The longest request that is read, in bytes, without the file.
const REQUEST: u32 = 64 * 1024;

/// What the program does when it is started as `… worker inspect`: reads a request, shuts itself in, reads the
/// file, and answers on standard output. Nothing else may have happened in this process: no other thread, no file open.
pub fn worker() -> ExitCode {
    // Not through the buffer of the standard library, which would read on into the file.
    let Ok(mut input) = io::stdin().as_fd().try_clone_to_owned().map(File::from) else {
        return ExitCode::FAILURE;
    };
    let Ok(asked) = request(&mut input) else {
        return ExitCode::FAILURE;
    };
    let answer = answer(&asked, input).unwrap_or_else(Answer::Failed);
    let told = serde_json::to_vec(&answer)
        .map_err(io::Error::other)
        .and_then(|bytes| io::stdout().write_all(&bytes))
        .and_then(|()| io::stdout().flush());
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The request is ours, so it is read before the walls are up: it says where they stand.
fn request(input: &mut File) -> io::Result<Asked> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > REQUEST {
        return Err(io::Error::other("too long a request"));
    }
    let mut request = vec![0; length as usize];
    input.read_exact(&mut request)?;
    Ok(serde_json::from_slice(&request)?)
}

fn answer(asked: &Asked, input: File) -> Result<Answer, Told> {
    let walls = shut_in(&asked.limits).map_err(Told::NoWorker)?;
    if asked.want == Want::Walls {
        return Ok(Answer::Walls(walls));
    }
    let mut file = Vec::new();
    input
        .take(asked.limits.input.saturating_add(1))
        .read_to_end(&mut file)
        .map_err(Told::unreadable)?;
    if file.len() as u64 > asked.limits.input {
        return Err(Told::TooLarge);
    }
    // A parser that panics has met a file that it cannot read; there is nothing here that it could leave half done.
    std::panic::catch_unwind(|| match asked.want {
        Want::Scan => Ok(Answer::Scan(scan::scan(asked, &file))),
        Want::View => read::view(asked, &file).map(Answer::View),
        Want::Text | Want::Walls => read::text(asked, &file).map(Answer::Text),
    })
    .unwrap_or_else(|_| Err(Told::unreadable("it is damaged, or not what it says it is")))
}
