"""The one address of collection that others call: where a WebSub hub asks and delivers."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracker.news import websub


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def hub_callback(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a hub's question (GET) or take what it delivers (POST)."""
    if request.method == "GET":
        challenge = websub.verify(token, request.GET.dict())
        return HttpResponse(challenge or "", status=404 if challenge is None else 200, content_type="text/plain")
    known = websub.receive(
        token,
        request.body,
        request.headers.get("Content-Type", ""),
        request.headers.get("X-Hub-Signature", ""),
    )
    # Gone tells a hub to stop (WebSub 7).
    return HttpResponse(status=202 if known else 410)
