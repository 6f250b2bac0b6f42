"""A process that answers 200 to every request, for apps without a harness.

`{}` satisfies boto3 for every call of watchtower, and an OTLP exporter looks
at the status alone. It prints its port, and ends with its standard input.
"""

from __future__ import annotations

import http.server
import sys
import threading


class Blackhole(http.server.BaseHTTPRequestHandler):
    """Reads a request and answers with an empty JSON object."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST  # noqa: N815  the name that the server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Blackhole)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for _ in sys.stdin:
        print(server.server_port, flush=True)


if __name__ == "__main__":
    main()
