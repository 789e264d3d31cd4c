"""Which prompts begin alike, told without their words."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

BLOCK_CHARS = 512
DIGEST_BYTES = 8


def block_digests(text: str, adapter: str | None = None) -> tuple[str, ...]:
    """Return a digest for each full block of a prompt's beginning, each chained to the one before.

    Two texts share as many leading digests as they share leading blocks; none where they are read
    under different adapters, which find nothing of each other in the cache.
    """
    return tuple(digest.hex() for digest in _chain(text, adapter))


def sealed(digests: Iterable[str], key: bytes) -> tuple[str, ...]:
    """Return the digests under a key, as they may leave the process.

    Whoever has a text can compute its digests, and so ask whether that text was read here; not
    without the key.
    """
    return tuple(_digest(bytes.fromhex(each), key).hex() for each in digests)


def _chain(text: str, adapter: str | None) -> Iterator[bytes]:
    digest = b"" if adapter is None else _digest(adapter.encode(errors="surrogatepass"))
    for end in range(BLOCK_CHARS, len(text) + 1, BLOCK_CHARS):
        block = text[end - BLOCK_CHARS : end]
        # A transcript may hold half of a surrogate pair, for which UTF-8 has no bytes.
        digest = _digest(digest + block.encode(errors="surrogatepass"))
        yield digest


def _digest(content: bytes, key: bytes = b"") -> bytes:
    return blake2b(content, digest_size=DIGEST_BYTES, key=key).digest()
