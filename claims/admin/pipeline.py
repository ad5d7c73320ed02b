"""The route as a picture for the staff: how much waits at each stage, what is stuck and why, and trying again."""

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from claims import pipeline
from claims.curation import CurationError


def urls() -> list[URLPattern]:
    """Return the page's address."""
    return [path("pipeline/", admin.site.admin_view(pipeline_view), name="pipeline")]


@require_http_methods(["GET", "HEAD", "POST"])
def pipeline_view(request: HttpRequest) -> HttpResponse:
    """Show the stages; a POST has one row, or all shown of a stage, tried again."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("news.view_feed"):
        raise PermissionDenied
    if request.method == "POST":
        return _try_again(request, user)
    context = {
        **admin.site.each_context(request),
        "title": "Pipeline",
        "stages": pipeline.stages(),
        "stuck": pipeline.stuck(),
        "may": user.has_perm("news.change_feed"),
    }
    return TemplateResponse(request, "admin/pipeline.html", context)


def _try_again(request: HttpRequest, user: User) -> HttpResponse:
    stage, _, keys = request.POST.get("row", "").partition(":")
    try:
        count = pipeline.try_again(stage, [int(key) for key in keys.split(",") if key.isdecimal()], user)
    except CurationError as error:
        messages.error(request, str(error))
    else:
        said = f"{count} to be tried again at the next sweep." if count else "That is not put aside any more."
        messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:pipeline"))
