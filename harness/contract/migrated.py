"""Attributes that the semantic conventions of HTTP renamed past recognition."""

from __future__ import annotations

# Keys that share too little to be recognised by name, and whose values change from run to run.
# Of several one is a client's, the other a server's.
# Source: OpenTelemetry, "HTTP semantic convention stability migration".
_MIGRATED = {
    "http.client_ip": ("client.address",),
    "http.flavor": ("network.protocol.version",),
    "http.host": ("server.address",),
    "http.target": ("url.path",),
    "http.url": ("url.full",),
    "http.user_agent": ("user_agent.original",),
    "net.host.name": ("server.address",),
    "net.host.port": ("server.port",),
    "net.peer.ip": ("client.address", "network.peer.address"),
    "net.peer.name": ("server.address", "client.address"),
    "net.peer.port": ("server.port", "client.port"),
    "net.sock.peer.addr": ("network.peer.address",),
    "net.sock.peer.port": ("network.peer.port",),
}


def are_migrated(one: str, other: str) -> bool:
    """Return whether one key is the other's in an earlier or later version of the conventions.

    >>> are_migrated("net.peer.ip", "client.address"), are_migrated("url.path", "http.target")
    (True, True)
    """
    return other in _MIGRATED.get(one, ()) or one in _MIGRATED.get(other, ())
