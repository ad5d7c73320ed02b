"""System checks: what `manage.py check` finds wrong before a reader does."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.template import TemplateSyntaxError
from django.template.loader import get_template


@register("templates")
def every_template_compiles(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Yield an error for each of the project's own templates that does not compile."""
    root = Path(settings.BASE_DIR) / "templates"
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix not in {".html", ".txt", ".xml", ".xsl"} or name.startswith("static/"):
            continue
        try:
            get_template(name)
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            yield Error(f"{name}: {error}", id="claims.E001")
