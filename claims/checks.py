"""System checks: what `manage.py check` finds wrong before a reader does."""

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
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


@register("claims")
def a_language_model_can_be_asked(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Yield what keeps a language model from being asked, or lets it cost whatever it costs (docs/llm.md)."""
    if settings.CLAIMS_EXTRACTOR != "llm":
        return
    if find_spec(settings.CLAIMS_LLM_PROVIDER) is None:
        yield Error(
            f'CLAIMS_EXTRACTOR=llm needs the Python package "{settings.CLAIMS_LLM_PROVIDER}".',
            hint="Install the tracker with its extra: uv sync --extra llm",
            id="claims.E002",
        )
    if settings.CLAIMS_LLM_MONTHLY_BUDGET is None:
        yield Warning(
            "Nothing limits what the language model costs.",
            hint="Set CLAIMS_LLM_PRICES and CLAIMS_LLM_MONTHLY_BUDGET.",
            id="claims.W001",
        )
