"""Notes over HTTP. Any task answers any request, and a crash loses no note that was acknowledged."""

import http.server
import json
import os
import re
import signal
import socketserver
import sys
import threading
from time import monotonic

import store

ANSWER_WITHIN_S = 0.9  # a customer waits for a second


def answer(method, path, body):
    """Status and content of an answer. Raises ValueError where the request makes no sense."""
    if path == "/healthz":
        return 200, {}  # shallow: asking the database would take every task out whenever the database fails
    note = json.loads(body) if method in ("POST", "PUT") else {}
    key = note.get("key") if (method, path) == ("POST", "/notes") else path.removeprefix("/notes/")
    value = note.get("value", "")
    if not re.fullmatch(r"[\w.-]{1,100}", key, re.ASCII) or not re.fullmatch(r"[^\0\ud800-\udfff]*", value):
        return 404 if method in ("GET", "DELETE") else 400, {}
    if method == "POST":
        return (201 if store.create(key, value) == value else 409), {"key": key}  # 409: another note has this key
    if method == "PUT":
        store.replace(key, value)
        return 200, {"key": key}
    if method == "DELETE":
        store.delete(key)
        return 200, {"key": key}
    found = store.find(key)
    return (200, {"value": found[0], "applied": found[1]}) if found else (404, {})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 65  # longer than a balancer keeps an idle connection, so that the balancer closes first
    wbufsize, disable_nagle_algorithm = -1, True  # an answer leaves at once and in one piece

    def respond(self):
        store.request.ends = monotonic() + ANSWER_WITHIN_S
        self.server.count(+1)
        try:
            length = int(self.headers.get("Content-Length", 0))
            if length > 100_000 or "Transfer-Encoding" in self.headers:
                return self.send_error(413)  # which closes the connection, as the body is still on it
            try:
                status, content = answer(self.command, self.path, self.rfile.read(length))
            except (ValueError, TypeError, AttributeError):
                status, content = 400, {"error": 'the body is {"key": "...", "value": "..."}'}
            except store.Unanswered as error:  # 503: nothing was done. 504: nobody knows; sent again, it is done once
                status, content = 503 if isinstance(error, store.Unreachable) else 504, {"error": "try again"}
                print(self.command, self.path, status, error, file=sys.stderr)
            self.send(status, json.dumps(content).encode())
        finally:
            self.server.count(-1)

    do_GET = do_POST = do_PUT = do_DELETE = respond

    def send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close" if self.server.draining.is_set() else "keep-alive")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_request(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    server_bind = socketserver.TCPServer.server_bind  # http.server's own asks the DNS for a name, and may hang

    def __init__(self, address):
        self.busy, self.changed, self.draining = 0, threading.Condition(), threading.Event()
        super().__init__(address, Handler)

    def handle_error(self, *about):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*about)  # that a balancer lets go of a connection is no news

    def count(self, change):
        with self.changed:
            self.busy += change
            self.changed.notify_all()


server = Server((os.environ.get("HOST", ""), int(os.environ.get("PORT", 8080))))
signal.signal(signal.SIGTERM, lambda *_: server.draining.set())
threading.Thread(target=server.serve_forever, daemon=True).start()
server.draining.wait()
# Accept nothing new, finish what is in flight, and go.
server.shutdown()
with server.changed:
    server.changed.wait_for(lambda: server.busy == 0, timeout=10)
