"""Runs a command beside the book API: `with_server.py SERVER STORE COMMAND…`.

STORE is `memory`, `sqlite` or `postgres`; its data is new, and gone afterwards. The server takes a free port, and the
command finds its address in BOOK_API. Ends with the command's status, or with 1 where the server did not live as long.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

PATIENCE = 20.0
DEFAULT_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


@contextlib.contextmanager
def database(store, folder):
    """The URL of an empty database."""
    if store == "memory":
        yield "memory:"
    elif store == "sqlite":
        yield f"sqlite://{folder}/books.db"
    elif store == "postgres":
        import psycopg

        url = os.environ.get("TEST_DATABASE_URL", DEFAULT_POSTGRES)
        schema = f"document_checks_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}")
            try:
                separator = "&" if urllib.parse.urlsplit(url).query else "?"
                yield f"{url}{separator}options=-c%20search_path%3D{schema}"
            finally:
                connection.execute(f"DROP SCHEMA {schema} CASCADE")
    else:
        sys.exit(f"there is no store `{store}`: memory, sqlite, postgres")


@contextlib.contextmanager
def server(binary, url, folder):
    """The address of a server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "DATABASE_URL": url, "SAMPLE_DATA": "true"}
    with open(os.path.join(folder, "log"), "w+b") as log:
        child = subprocess.Popen([binary], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            wait(child, address)
            yield address
            if child.poll() is not None:
                sys.exit(f"the server ended by itself, with {child.returncode}")
        except BaseException:
            log.seek(0)
            sys.stderr.buffer.write(log.read()[-4000:])
            raise
        finally:
            child.terminate()
            child.wait(PATIENCE)


def wait(child, address):
    end = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/health/ready", timeout=1).close()
            return
        time.sleep(0.05)
    sys.exit("the server does not answer")


def main(binary, store, *command):
    with tempfile.TemporaryDirectory() as folder:
        with database(store, folder) as url, server(os.path.abspath(binary), url, folder) as address:
            return subprocess.run(command, env=os.environ | {"BOOK_API": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
