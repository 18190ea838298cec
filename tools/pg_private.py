#!/usr/bin/python3
"""A PostgreSQL server of one's own, on a Unix socket in a temporary folder, gone afterwards.

  pg_private.py -- COMMAND ...   runs the command with SERMENT_TEST_PG set to the server's URL
  pg_private.py                  prints the URL, and serves until standard input ends

The second form lets a test program own a server: however the program dies, its
end of the pipe closes, and the server goes.  Without PostgreSQL's server
programs, the exit status is 77 (the command still runs, without the variable).
"""
import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

NOT_INSTALLED = 77
START_SECONDS_MAX = 30


def programs():
    """The folder of the newest installed server, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    on_path = shutil.which("initdb")
    if found:
        return os.path.dirname(max(found, key=lambda path: int(path.split("/")[4])))
    return os.path.dirname(on_path) if on_path else None


def identity():
    """PostgreSQL refuses to run as root: its own user then."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def url(folder):
    return f"postgresql://postgres@/postgres?host={folder}"


def start(binaries, folder):
    quiet = {"stdin": subprocess.DEVNULL, "cwd": "/", **identity()}
    data = os.path.join(folder, "data")
    subprocess.run([f"{binaries}/initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                    "--locale=C", "--no-sync", "-D", data],
                   check=True, stdout=subprocess.DEVNULL, **quiet)
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "max_connections=200",
                "log_min_messages=panic", "shared_buffers=64MB"]
    # What is thrown away afterwards need not survive a power failure, unless that is measured.
    if not os.environ.get("SERMENT_PG_DURABLE"):
        settings += ["fsync=off", "full_page_writes=off", "autovacuum=off"]
    with open(os.path.join(folder, "log"), "w", encoding="utf-8") as log:
        # A session of its own: Ctrl-C reaches this program, which stops the server in order.
        return subprocess.Popen(
            [f"{binaries}/postgres", "-D", data] + [x for s in settings for x in ("-c", s)],
            stdout=log, stderr=log, start_new_session=True, **quiet)


def wait_ready(binaries, server, folder):
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and server.poll() is None:
        if subprocess.run([f"{binaries}/pg_isready", "-q", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.05)
    with open(os.path.join(folder, "log"), encoding="utf-8") as log:
        sys.exit("pg_private: the server does not start\n" + log.read())


@contextlib.contextmanager
def server_url():
    """The URL of a fresh server, or None if none is installed."""
    binaries = programs()
    if binaries is None:
        yield None
        return
    # Not $TMPDIR: a socket's path may have about a hundred bytes only.
    folder = tempfile.mkdtemp(prefix="serment-pg-", dir="/tmp")
    server = None
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        server = start(binaries, folder)
        wait_ready(binaries, server, folder)
        yield url(folder)
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGQUIT)  # at once: there is nothing to save
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments):
    def interrupted(number, _frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    command = arguments[1:] if arguments[:1] == ["--"] else None
    if arguments and not command:
        sys.exit(__doc__)
    with server_url() as address:
        if command:
            environment = dict(os.environ)
            if address is not None:
                environment["SERMENT_TEST_PG"] = address
            return subprocess.run(command, env=environment, check=False).returncode
        if address is None:
            return NOT_INSTALLED
        print(address, flush=True)
        sys.stdin.read()
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
