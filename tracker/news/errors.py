"""What the readers and the guard raise: a sentence for people that says what is wrong, without the document's name.

Who calls knows the name (a file, a URL) and puts it in front.
"""


class FeedError(ValueError):
    """The document is not a feed, or none that can be read."""


class PageError(ValueError):
    """The document is not an HTML page, or none that can be read."""


class OpmlError(ValueError):
    """The document is not OPML, or none that can be read."""


class ForbiddenAddress(OSError):  # noqa: N818
    """The connection would go to an address that is not public."""
