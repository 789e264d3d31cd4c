"""Imported by every Python process of a system under test: refuses and records outward calls.

Put this folder on PYTHONPATH and name a file in NETGUARD_FILE. Each process writes a line when
its guard stands, and a line for each call that it refuses.
"""

import ipaddress
import os
import socket
import sys

FILE = os.environ.get("NETGUARD_FILE")
# Where each event's arguments hold the address or the name that is asked for.
PLACES = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


class OutwardCallError(OSError):
    """A process of the system tried to reach another machine."""


def guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse calls to anything but loopback, sockets of files, and this machine's own name."""
    place = PLACES.get(event)
    if place is None or is_local(arguments[place]):
        return
    record(f"refused {event} {arguments[place]!r}")
    raise OutwardCallError(event)


def is_local(target: object) -> bool:
    """Tell whether an address or a host's name leads to this machine."""
    host = target[0] if isinstance(target, tuple) else target
    if host is None or host == "":
        return True
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    if isinstance(target, str | bytes) and ("/" in name or name.startswith("\0")):
        return True  # a socket of a file
    if name in {"localhost", socket.gethostname()}:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_unspecified


def record(words: str) -> None:
    """Append one line about this process."""
    if FILE:
        with open(FILE, "a") as file:  # noqa: PTH123 - pathlib would slow down every start
            file.write(f"{os.getpid()} {words}\n")


if FILE:
    sys.addaudithook(guard)
    record("guarded")
