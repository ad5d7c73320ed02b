"""What holds of content codings: pieces in, a body out, never more than the cap."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.decoding import BadEncoding, Body, TooLarge, decoder


def feed_all(body: Body, pieces: list[bytes]) -> bytes:
    for piece in pieces:
        body.feed(piece)
    return body.finish()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    "identity": lambda data: data,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=5_000), st.integers(1, 700))
def test_what_was_encoded_comes_back_however_it_is_cut(coding: str, data: bytes, size: int) -> None:
    wire = CODINGS[coding](data)
    body = Body(coding, 10_000)
    for start in range(0, len(wire), size):
        body.feed(wire[start : start + size])
    assert body.finish() == data


def test_deflate_without_its_frame_is_understood() -> None:
    packer = zlib.compressobj(wbits=-15)
    wire = packer.compress(b"words " * 100) + packer.flush()
    body = Body("deflate", 10_000)
    body.feed(wire)
    assert body.finish() == b"words " * 100


def test_gzip_in_several_members_is_one_body() -> None:
    body = Body("gzip", 1_000)
    body.feed(gzip.compress(b"one ") + gzip.compress(b"two"))
    assert body.finish() == b"one two"


def test_a_bomb_is_cut_off_early() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 60_000
    body = Body("gzip", 1_000_000)
    with pytest.raises(TooLarge, match="1,000,000"):
        body.feed(bomb)


def test_a_stream_of_nothing_ends_too() -> None:
    block = b"\x00\x00\x00\xff\xff"  # a stored block of length zero
    body = Body("deflate", 1_000)
    with pytest.raises(TooLarge):
        feed_all(body, [block] * 100_000)


def test_an_error_page_is_cut_and_kept() -> None:
    body = Body("", 10, cut=True)
    body.feed(b"0123456789abc")
    assert body.full
    assert body.finish() == b"0123456789"


@pytest.mark.parametrize("wire", [b"not gzip at all", gzip.compress(b"x" * 1000)[:-20], gzip.compress(b"x")[:5]])
def test_a_damaged_or_cut_body_is_refused(wire: bytes) -> None:
    with pytest.raises(BadEncoding):
        feed_all(Body("gzip", 10_000), [wire])


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_a_coding_that_was_not_offered_is_refused(coding: str) -> None:
    with pytest.raises(BadEncoding, match="encoded"):
        decoder(coding)
