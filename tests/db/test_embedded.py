"""The embedded server: who starts it, who finds it, who stops it, and what a kill leaves."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from db.embedded import MAX_SOCKET_DIR_BYTES, EmbeddedPostgres, database_url
from db.migrate import migrate
from db.session import Database
from notes.errors import ConfigurationError
from tests.db.conftest import Practice, open_practice
from tests.db.writing import generate, read, write


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Yield a folder; its server is ended whatever the test does."""
    with TemporaryDirectory(prefix="notes-db-") as folder:
        yield Path(folder)
        EmbeddedPostgres(Path(folder)).stop()


def server_processes(server: EmbeddedPostgres) -> list[psutil.Process]:
    pid = server.pid()
    assert pid is not None
    main = psutil.Process(pid)
    return [main, *main.children(recursive=True)]


def is_alive(process: psutil.Process) -> bool:
    """Tell whether it runs; what nobody has buried yet does not."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_it_outlives_its_starter_and_any_process_stops_it(data_dir: Path) -> None:
    program = (
        "import pathlib, sys; from db.embedded import EmbeddedPostgres\n"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1])).start()"
    )
    subprocess.run([sys.executable, "-c", program, str(data_dir)], check=True, timeout=120)
    server = EmbeddedPostgres(data_dir)
    before = server_processes(server)
    assert server.start() == database_url(data_dir) == server.url
    assert server_processes(server)[0] == before[0]
    server.stop()
    assert server.pid() is None
    assert not any(is_alive(process) for process in before)
    server.stop()


def test_it_listens_on_a_private_socket_only(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as server:
        postmaster = server_processes(server)[0]
        assert postmaster.net_connections("inet") == []
        assert (data_dir / "postgres").stat().st_mode & 0o077 == 0
        assert (data_dir / "postgres" / "socket").stat().st_mode & 0o077 == 0
        if os.geteuid() == 0:
            assert postmaster.uids().effective != 0


def test_it_recovers_from_a_kill_of_everything(data_dir: Path) -> None:
    """Invariant 10: what was acknowledged is there, whole; nothing half-written is."""
    server = EmbeddedPostgres(data_dir)
    migrate(server.start())

    async def fill() -> None:
        async with Database.open(server.url) as database:
            ada = await open_practice(database, "ada")
            async with database.transaction() as repos:
                await generate(repos, ada, "draft")
                await write(repos, ada, "acknowledged")
            async with database.transaction() as repos:
                await write(repos, ada, "not acknowledged")
                for process in server_processes(server):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        process.kill()

    with pytest.raises(Exception, match="The database does not answer"):
        asyncio.run(fill())
    # The number of the dead server may be taken by another process, here by this one.
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    _, *rest = pid_file.read_text().splitlines(keepends=True)
    pid_file.write_text("".join([f"{os.getpid()}\n", *rest]))
    server.start()

    async def check() -> None:
        async with Database.open(server.url) as database:
            session, versions = await read(database, Practice(1, 1, 1))
            assert [version.text for version in versions] == ["draft", "acknowledged"]
            assert (session.notes, session.notes_version) == ("acknowledged", 2)

    asyncio.run(check())


def test_two_may_start_it_at_once(data_dir: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        urls = list(pool.map(lambda _: EmbeddedPostgres(data_dir).start(), range(2)))
    assert urls == [database_url(data_dir)] * 2


@pytest.mark.parametrize("name", ["long-" * 20, "with space, comma and 'quote'"])
def test_any_folder_will_do(data_dir: Path, name: str) -> None:
    folder = data_dir / name
    url = database_url(folder)
    assert len(url.partition("host=")[2].encode()) <= MAX_SOCKET_DIR_BYTES
    with EmbeddedPostgres(folder) as server:

        async def ping() -> None:
            async with Database.open(server.url):
                pass

        asyncio.run(ping())
    assert not Path(url.partition("host=")[2]).exists()


def test_an_unfinished_set_up_is_begun_anew(data_dir: Path) -> None:
    (data_dir / "postgres" / "cluster.unfinished").mkdir(parents=True)
    (data_dir / "postgres" / "cluster.unfinished" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(data_dir) as server:
        assert server.pid() is not None


def test_what_stands_in_the_way_is_said(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, {"shared_buffers": "no size"})
    with pytest.raises(ConfigurationError, match=r"pg_ctl says .*server\.log"):
        server.start()


def test_its_log_holds_no_patient_text(data_dir: Path) -> None:
    async def fail(url: str) -> None:
        async with Database.open(url) as database:
            ada = await open_practice(database, "ada")
            async with database.transaction() as repos:
                await write(repos, ada, "a-planted-word")
            with pytest.raises(Exception, match="kept as they were"):
                async with database._engine.begin() as connection:
                    await connection.exec_driver_sql(
                        "UPDATE note_versions SET text = text || 'another-planted-word'"
                    )
            with pytest.raises(Exception, match="check constraint"):
                async with database._engine.begin() as connection:
                    await connection.exec_driver_sql("UPDATE sessions SET notes_version = 0")

    with EmbeddedPostgres(data_dir) as server:
        migrate(server.url)
        asyncio.run(fail(server.url))
    log = (data_dir / "postgres" / "server.log").read_text()
    assert "ready to accept connections" in log
    assert "planted" not in log
