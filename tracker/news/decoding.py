"""Content codings (RFC 9110, 8.4) undone piece by piece under a cap, so that a small bomb stays small."""

import zlib
from collections.abc import Iterator
from typing import Protocol

ACCEPT_ENCODING = "gzip, deflate"
_PIECE = 64 * 1024


class TooLarge(ValueError):  # noqa: N818  (named for what is the case, as the HTTP status is)
    """The body exceeds the cap."""


class BadEncoding(ValueError):  # noqa: N818
    """The body is not what its Content-Encoding says, is cut short, or the coding is not known."""


class Decoder(Protocol):
    """Turns pieces of the wire into pieces of the body."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what *data* decodes to, in bounded pieces."""

    def finish(self) -> None:
        """Raise `BadEncoding` where the body is incomplete."""


class Identity:
    """No coding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield *data* itself."""
        yield data

    def finish(self) -> None:
        """Nothing can be missing: the HTTP layer checks the length."""


class Inflate:
    """gzip (several members allowed) and deflate, with or without zlib's frame."""

    def __init__(self, coding: str) -> None:
        self._gzip = coding == "gzip"
        self._raw_allowed = not self._gzip
        self._started = False
        self._inflater = zlib.decompressobj(31 if self._gzip else 15)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield decoded pieces of at most 64 KiB."""
        while data:
            piece, data = self._step(data)
            self._started = True
            if piece:
                yield piece
            if self._inflater.eof:
                data = self._inflater.unused_data
                if not self._gzip or not data.startswith(b"\x1f\x8b"):
                    return  # bytes after the end are padding
                self._inflater = zlib.decompressobj(31)

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        try:
            piece = self._inflater.decompress(data, _PIECE)
        except zlib.error as error:
            if self._started or not self._raw_allowed:
                raise BadEncoding(f"the compressed body is damaged ({error})") from error
            self._raw_allowed = False
            self._inflater = zlib.decompressobj(-15)  # "deflate" without zlib's header, a common mistake
            return self._step(data)
        return piece, self._inflater.unconsumed_tail

    def finish(self) -> None:
        """Raise where the compressed stream has not ended."""
        if self._started and not self._inflater.eof:
            raise BadEncoding("the compressed body is cut short")


def decoder(content_encoding: str) -> Decoder:
    """Return the decoder for a Content-Encoding header. Raises `BadEncoding` for one that was not offered."""
    codings = [coding.strip().lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in codings if coding and coding != "identity"]
    if not codings:
        return Identity()
    if len(codings) > 1:
        raise BadEncoding(f"the body is encoded several times ({content_encoding})")
    coding = codings[0].removeprefix("x-")
    if coding not in {"gzip", "deflate"}:
        raise BadEncoding(f"the body is encoded as {coding}, which was not asked for")
    return Inflate(coding)


class Body:
    """A body that is being received: fed with wire bytes, decoded at once, never longer than *limit* bytes.

    With *cut* it ends at the limit; otherwise exceeding it raises `TooLarge`.
    """

    def __init__(self, content_encoding: str, limit: int, *, cut: bool = False) -> None:
        self._decoder = decoder(content_encoding)
        self._limit, self._cut = limit, cut
        self._pieces: list[bytes] = []
        self._length = self._wire = 0
        self.full = False

    def feed(self, data: bytes) -> None:
        """Take a piece of the wire. Raises `TooLarge` or `BadEncoding`."""
        self._wire += len(data)
        if self._wire > self._limit + _PIECE:  # empty blocks decode to nothing, endlessly
            self._overflow()
        for piece in self._decoder.feed(data):
            if self.full:
                return
            self._pieces.append(piece[: self._limit - self._length])
            self._length += len(piece)
            if self._length > self._limit:
                self._overflow()

    def _overflow(self) -> None:
        if not self._cut:
            raise TooLarge(f"the body is longer than {self._limit:,} bytes")
        self.full = True

    def finish(self) -> bytes:
        """Return the body. Raises `BadEncoding` where it is incomplete."""
        if not self.full:
            self._decoder.finish()
        return b"".join(self._pieces)
