"""The messages of the public pages: collected from templates and code, and compiled, without any program of the system.

    python -m tracker.messages update     collect messages into locale/de/LC_MESSAGES/django.po, then compile
    python -m tracker.messages compile    write django.mo beside it

Both files are kept in the repository, so a fresh checkout has every language at once. Babel reads the code; templates
are first turned into code by Django, as `makemessages` does.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog as Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de",)
# What readers see. The admin speaks English.
TEMPLATES = ("templates/*.html", "templates/partials/*.html", "templates/feeds/*.html", "templates/mail/*")
CODE: tuple[str, ...] = (
    "claims/*.py",
    "claims/api/*.py",
    "claims/feeds/*.py",
    "claims/following/*.py",
    "claims/models/*.py",
)
CODE += ("claims/templatetags/*.py", "claims/timelines/*.py", "claims/views/*.py")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
HEADER = "# German texts of the public pages.\n#"
DESK = re.compile(r"claims/(admin|forms)")


def collected(root: Path = ROOT) -> Catalog:
    """Return a catalogue of every message of the public pages, without translations."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for path in _files(root, TEMPLATES):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        _add(catalog, code, path.relative_to(root))
    for path in _files(root, CODE):
        if not DESK.match(str(path.relative_to(root))):
            _add(catalog, path.read_text(encoding="utf-8"), path.relative_to(root))
    return catalog


def _files(root: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())


def _add(catalog: Catalog, code: str, path: Path) -> None:
    for _, message, comments, context in extract("python", BytesIO(code.encode()), KEYWORDS, ("Translators:",)):
        catalog.add(message, locations=[(str(path), 0)], auto_comments=comments, context=context)


def po_path(language: str, root: Path = ROOT) -> Path:
    """Return where the translations into *language* are kept."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str, root: Path = ROOT) -> Catalog:
    """Return the translations into *language*; an empty catalogue where there are none."""
    path = po_path(language, root)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def update(language: str, root: Path = ROOT) -> Catalog:
    """Bring the messages of *language* up to date: new ones come without a translation, old ones go."""
    catalog = read(language, root)
    catalog.update(collected(root), no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.header_comment = HEADER
    catalog.project, catalog.version = "AI claims tracker", "0"
    # Neither names nor dates: the file changes with its messages alone.
    catalog.msgid_bugs_address = catalog.last_translator = ""
    catalog.language_team = "German"
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    path = po_path(language, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=120, no_location=False, include_lineno=False, sort_output=True)
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as the gettext module reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Return the messages of *catalog* that have no translation, or not all forms of one."""
    found = []
    for message in catalog:
        texts = [message.string] if isinstance(message.string, str) else list(message.string or [""])
        if message.id and not all(texts):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def main(arguments: list[str]) -> int:
    """Update or compile every language; tell what has no translation."""
    if arguments not in (["update"], ["compile"]):
        print(__doc__, file=sys.stderr)
        return 2
    for language in LANGUAGES:
        catalog = update(language) if arguments == ["update"] else read(language)
        po_path(language).with_suffix(".mo").write_bytes(compiled(catalog))
        for message in missing(catalog):
            print(f"{language}: not translated: {message!r}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
