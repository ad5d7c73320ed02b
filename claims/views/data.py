"""The bulk files of everything public: their page and the files themselves."""

from http import HTTPStatus
from mimetypes import guess_type

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from claims import bulk, timelines
from claims.bulk.tables import TABLES

TYPES = {".jsonl": "application/jsonl", ".sqlite": "application/vnd.sqlite3", ".md": "text/markdown; charset=utf-8"}
TYPES |= {".csv": "text/csv; charset=utf-8; header=present", ".txt": "text/plain; charset=utf-8"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show what there is to download, and what it means."""
    dump = bulk.current()
    context = {
        "dump": dump,
        "tables": TABLES,
        "licence": settings.DATA_LICENCE,
        "demonstration": timelines.holds_demonstration(),
    }
    return render(request, "data.html", context)


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer with a file of the newest dump; 503 while a retraction lets it be made anew."""
    dump = bulk.current()
    if dump is None:
        text = "The files are being made anew, for something was taken back. Please come again in a few minutes.\n"
        response = HttpResponse(text, content_type="text/plain; charset=utf-8", status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = "300"
        return response
    path = bulk.open_file(settings.DUMPS_ROOT, dump, name)
    if path is None:
        raise Http404("no such file")
    etag = next(f'"{entry["sha256"]}"' for entry in dump.files if entry["name"] == name)
    if known := get_conditional_response(request, etag=etag):
        return known
    kind = TYPES.get(path.suffix) or guess_type(path.name)[0] or "text/plain; charset=utf-8"
    try:
        opened = path.open("rb")
    except FileNotFoundError:  # a newer dump took its place in this very moment
        raise Http404("no such file") from None
    answer = FileResponse(opened, as_attachment=path.suffix != ".md", filename=path.name, content_type=kind)
    answer["ETag"] = etag
    patch_cache_control(answer, public=True, no_cache=True)
    return answer
