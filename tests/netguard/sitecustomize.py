"""Imported by every Python process of a system under test: refuses and records outward calls.

Put this folder on PYTHONPATH and name a file in NETGUARD_FILE. Each process writes a line when
its guard stands, and a line for each call that it refuses.
"""

import ipaddress
import os
import socket
import sys

FILE = os.environ.get("NETGUARD_FILE")
# Which of each event's arguments is the address, or the name that is looked up.
ADDRESSES = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}
NAMES = {"socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.gethostbyaddr": 0}


class OutwardCallError(OSError):
    """A process of the system tried to reach another machine."""


def guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse calls to anything but loopback, sockets of files, and this machine's own name."""
    host = host_of(event, arguments)
    if host is None or is_local(host):
        return
    record(f"refused {event} {host!r}")
    raise OutwardCallError(event)


def host_of(event: str, arguments: tuple[object, ...]) -> str | None:
    """Return the host that a call is about; none for other events, and for sockets of files."""
    if event in NAMES:
        host = arguments[NAMES[event]]
    elif event in ADDRESSES:
        address = arguments[ADDRESSES[event]]
        host = address[0] if isinstance(address, tuple) else None
    else:
        return None
    if isinstance(host, bytes):
        return host.decode(errors="replace")
    return host if isinstance(host, str) else None


def is_local(host: str) -> bool:
    """Tell whether a host's name or address is this machine's."""
    if host in {"", "localhost", socket.gethostname()}:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def record(words: str) -> None:
    """Append one line about this process."""
    if FILE:
        with open(FILE, "a") as file:  # noqa: PTH123 - pathlib would slow down every start
            file.write(f"{os.getpid()} {words}\n")


if FILE:
    sys.addaudithook(guard)
    record("guarded")
