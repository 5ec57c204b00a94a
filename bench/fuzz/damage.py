"""Damage at the level of bytes: what a broken disk, a cut transfer or the wrong editor leaves of any file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xff", b"\r", b"\r\n", b"\n\n", b'"', b'""', b'"""', b",", b";", b"\t", b"\\", b"\\,",
    b"'", b' "', b'"\r"', b"\x1a", b"\xed\xa0\x80", b"\xc0\x80", b"{", b"}", b"[", b"]", b":", b"#", b"&a ", b"*a", b"- ", b"<", b"%",
    b"9" * 400, b"-1", b"1e999", b"nan", b"null", b"2026-02-30", b"0000-00-00", "\u3000".encode(), "\u2028".encode(),
    "\u202e".encode(), "\U0001f600".encode(), b"=1+1", b"#N/A", b"PK\x03\x04", b"PAR1",
)  # fmt: skip


def _flipped(data: bytes, rng: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _headless(data: bytes, rng: Random) -> bytes:
    return data[rng.randint(1, max(1, min(len(data) - 1, 39))) :]


def _without_a_part(data: bytes, rng: Random) -> bytes:
    start, length = rng.randrange(len(data)), rng.choice((1, 2, 7, 50))
    return data[:start] + data[start + length :]


def _part_twice(data: bytes, rng: Random) -> bytes:
    start, length = rng.randrange(len(data)), rng.choice((1, 5, 50, 400))
    part = data[start : start + length]
    return data[:start] + part * rng.choice((2, 2, 3, 50)) + data[start + length :]


def _zeroed(data: bytes, rng: Random) -> bytes:
    start, length = rng.randrange(len(data)), rng.choice((1, 16, 512))
    part = data[start : start + length]
    return data[:start] + b"\0" * len(part) + data[start + len(part) :]


def _with_a_token(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 3))):
        place = rng.randrange(len(data) + 1)
        data = data[:place] + rng.choice(_TOKENS) + data[place:]
    return data


def _swapped(data: bytes, rng: Random) -> bytes:
    first, second = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return data[second:] + data[first:second] + data[:first]


def _emptied(_data: bytes, rng: Random) -> bytes:
    return rng.choice((b"", b"\n", b"\0" * 100, b" "))


DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flipped, _cut, _headless, _without_a_part, _part_twice, _zeroed, _with_a_token, _with_a_token, _with_a_token, _swapped, _emptied,
)  # fmt: skip


def damaged(data: bytes, rng: Random) -> bytes:
    """Return a file's bytes, damaged once or a few times."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if data:
            data = rng.choice(DAMAGES)(data, rng)
    return data
