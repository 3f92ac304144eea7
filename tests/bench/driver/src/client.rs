use std::cell::Cell;
use std::rc::Rc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use crate::Result;
use crate::loads::{Load, Requests};
use crate::servers::Server;

thread_local! {
    /// Numbers all requests of a run of this program, so that no two creations are the same.
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// Sends that many requests over the load's connections, one after another on each.
pub async fn run(server: &Server, load: Load, count: u64, make: &Requests) -> Result<()> {
    let left = Rc::new(Cell::new(count));
    let mut connections = JoinSet::new();
    let tasks = LocalSet::new();
    for _ in 0..load.connections() {
        connections.spawn_local_on(connection(server.port, load, Rc::clone(&left), Rc::clone(make)), &tasks);
    }
    let done = tasks.run_until(async {
        while let Some(result) = connections.join_next().await {
            result.map_err(|error| error.to_string())??;
        }
        Ok::<(), String>(())
    });
    done.await.map_err(|error| format!("{} {}: {error}", server.name, load.name()).into())
}

async fn connection(port: u16, load: Load, left: Rc<Cell<u64>>, make: Requests) -> std::result::Result<(), String> {
    send(port, load, &left, &make).await.map_err(|error| error.to_string())
}

async fn send(port: u16, load: Load, left: &Cell<u64>, make: &Requests) -> Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(64 * 1024);
    while left.get() > 0 {
        left.set(left.get() - 1);
        let number = NEXT.get();
        NEXT.set(number + 1);
        let request = make(number);
        stream.write_all(request.as_bytes()).await?;
        let status = answer(&mut stream, &mut buffer).await?;
        if status != load.status() {
            return Err(format!("{status} for {request}\n{}", String::from_utf8_lossy(&buffer)).into());
        }
    }
    Ok(())
}

/// Reads one answer, and gives its status.
pub async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<String> {
    buffer.clear();
    let head = loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        if let Some(end) = buffer.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = std::str::from_utf8(&buffer[..head])?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let length = length.ok_or("an answer without a length")??;
    let status = text.get(9..12).ok_or("an answer without a status")?.to_owned();
    while buffer.len() < head + length {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection in an answer".into());
        }
    }
    Ok(status)
}
