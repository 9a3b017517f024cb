"""Where the notes are. Each statement may be sent twice, so that whoever does not know how one ended tries it again."""

import os
import select
import sys
import threading
from time import monotonic

try:
    import psycopg2
    from psycopg2.errors import QueryCanceled, ReadOnlySqlTransaction, UndefinedTable
except ImportError as error:
    apt, pip = "sudo apt-get install python3-psycopg2", "python3 -m pip install psycopg2-binary"
    sys.exit(f"{sys.executable}: {error}: run `{apt}` for the system's own python3, or `{pip}`")

PATIENCE_S = 0.4  # for a connection, and for what a statement gives
POOL_SIZE = 5  # for each task and endpoint: nine tasks take at most half of the database's hundred connections
LIMITS = {"options": "-c statement_timeout=400", "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2}
# All tasks start at once: the lock lets one of them create the table.
TABLE = """select pg_advisory_xact_lock(4711);
           create table if not exists notes (key text primary key, value text not null, applied int not null)"""


class Unanswered(Exception):
    """Nobody knows whether it was done."""


class Unreachable(Unanswered):
    """No statement was sent, so nothing was done."""


class Silent(psycopg2.OperationalError):
    """The database did not answer in time."""


request = threading.local()  # `ends`: by when the request of this thread must be answered


def wait(connection):
    """How psycopg2 waits. By itself it waits for ever where a connection is open and silent, as after a power loss."""
    until = min(request.ends, monotonic() + PATIENCE_S)
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        poll = select.poll()
        poll.register(connection, select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT)
        if not poll.poll(max(0, until - monotonic()) * 1000):
            raise Silent("the database does not answer")  # and psycopg2 closes the connection


psycopg2.extensions.set_wait_callback(wait)


class Endpoint:
    """A pool. After a failover each connection may lead to what was the writer, so one that breaks condemns them all."""

    broken = (psycopg2.OperationalError, psycopg2.InterfaceError, ReadOnlySqlTransaction)

    def __init__(self, url):
        self.url, self.idle, self.slots = url, [], threading.BoundedSemaphore(POOL_SIZE)

    def first_row(self, sql, *values):
        """None where there is none. An old connection that turns out to be broken gives way to a new one."""
        if not self.slots.acquire(timeout=max(0, request.ends - monotonic())):
            raise Unreachable("all connections are in use")
        sent = False
        try:
            if self.idle:
                try:
                    return self.ask(self.idle.pop(), sql, values)
                except IndexError:
                    pass  # another thread was faster
                except self.broken:
                    sent = True
            connection = psycopg2.connect(self.url, **LIMITS)  # the password comes from PGPASSWORD
            connection.autocommit = True
            sent = True
            return self.ask(connection, sql, values)
        except self.broken as error:
            raise (Unanswered if sent else Unreachable)(str(error).strip()) from error
        finally:
            self.slots.release()

    def ask(self, connection, sql, values):
        idle, well = self.idle, False
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                well = True
                return cursor.fetchone() if cursor.description else None
        except (Silent, QueryCanceled):
            raise  # this connection goes; to make all anew because some are slow would make an overload worse
        except self.broken:
            self.idle = []  # connections of the old list close as their last user lets go of them
            raise
        finally:
            if well and self.idle is idle:
                idle.append(connection)


writer, reader = Endpoint(os.environ["DATABASE_URL"]), Endpoint(os.environ["DATABASE_READER_URL"])


def write(sql, *values):
    try:
        return writer.first_row(sql, *values)
    except UndefinedTable:
        writer.first_row(TABLE)
        return writer.first_row(sql, *values)


def create(key, value):
    """The value that is stored now: another one where the key was taken."""
    keep = "on conflict (key) do update set value = notes.value returning value"
    return write(f"insert into notes values (%s, %s, 1) {keep}", key, value)[0]


def replace(key, value):
    change = "on conflict (key) do update set value = excluded.value, applied = notes.applied + 1"
    write(f"insert into notes values (%s, %s, 1) {change}", key, value)


def delete(key):
    write("delete from notes where key = %s", key)


def find(key):
    """Value and how often it was written, or None. From a replica: a moment behind, and there while a writer is not."""
    try:
        return reader.first_row("select value, applied from notes where key = %s", key)
    except UndefinedTable:
        return None
