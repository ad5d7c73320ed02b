"""The door of the editors' desk: no second factor, no way in; and a session ends, used or not.

NIST SP 800-63B-4 §2.2.3 for the times: after an hour without a request, and twelve hours after the login in any case.
"""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from tracker.access import factors

LONGEST = timedelta(hours=12)
# How often the end of an idle session is moved on: each time is a write.
TOUCH = timedelta(minutes=5)
SIGNED_IN, TOUCHED = "signed_in_at", "touched_at"


@receiver(user_logged_in)
def note_login(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Note when the session began."""
    request.session[SIGNED_IN] = request.session[TOUCHED] = timezone.now().timestamp()


class StaffMiddleware:
    """Stands after the middlewares that know the user and the device."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or lead to what is missing."""
        desk = reverse("admin:index")
        if not request.path.startswith(desk) or not request.user.is_authenticated:
            return self.get_response(request)
        now = timezone.now().timestamp()
        if now - request.session.get(SIGNED_IN, 0) > LONGEST.total_seconds():
            logout(request)
            return self.get_response(request)
        if now - request.session.get(TOUCHED, 0) > TOUCH.total_seconds():
            request.session[TOUCHED] = now
        own = [reverse(f"admin:{name}") for name in ("login", "logout", "jsi18n")]
        if request.path in own or request.path.startswith(reverse("admin:second_factor")) or factors.passed(request):
            return self.get_response(request)
        where = urlencode({"next": request.get_full_path() if request.method == "GET" else desk})
        return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{where}")
