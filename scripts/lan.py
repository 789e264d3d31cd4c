"""The machine's address in the clinic's network."""

import ipaddress
import socket
from collections.abc import Iterator

import psutil

from deployments.config import is_private_host
from notes.errors import ConfigurationError

LAN_PORT = 8002  # where the mobile app looks


def lan_environment() -> dict[str, str]:
    """Return the settings of `--lan`: private address, the app's port, its tokenless route."""
    return {
        "NOTES_HOST": private_address(),
        "NOTES_PORT": str(LAN_PORT),
        "NOTES_LEGACY_OPEN_SUMMARY": "true",
    }


def is_loopback(host: str) -> bool:
    """Tell whether this machine alone can reach the address."""
    return host == "localhost" or (is_private_host(host) and ipaddress.ip_address(host).is_loopback)


def private_address() -> str:
    """Return this machine's first private IPv4 address; raises ConfigurationError without one."""
    for address in sorted(_addresses(), key=_likelihood):
        return address
    raise ConfigurationError(
        reason="This machine has no private address (10.…, 172.16.… to 172.31.…, 192.168.…), and "
        "the tokenless route is refused on any other. Join the clinic's network, or start "
        "without LAN=1."
    )


def _addresses() -> Iterator[str]:
    is_up = {name: each.isup for name, each in psutil.net_if_stats().items()}
    for name, addresses in psutil.net_if_addrs().items():
        for each in addresses:
            if each.family == socket.AF_INET and is_up.get(name) and _is_lan(each.address):
                yield each.address


def _is_lan(address: str) -> bool:
    return is_private_host(address) and not is_loopback(address)


def _likelihood(address: str) -> tuple[int, str]:
    """Order home and office networks first; containers' bridges are in 172.16/12."""
    order = ("192.168.", "10.", "172.")
    return next(i for i, prefix in enumerate(order) if address.startswith(prefix)), address
