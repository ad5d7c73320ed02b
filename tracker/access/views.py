"""Showing the second factor, enrolling it at the first login, and new recovery codes."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import login

from tracker.access import factors


class CodeForm(forms.Form):
    """One code: six digits of an app, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


def _user(request: HttpRequest) -> User | None:
    """Return who is at the door by password: active staff; None for anybody else."""
    user = request.user
    return user if isinstance(user, User) and user.is_active and user.is_staff else None


def _onward(request: HttpRequest) -> str:
    """Return where the person wanted to go, if that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else reverse("admin:index")


def _show(request: HttpRequest, template: str, status: int = 200, **context: object) -> HttpResponse:
    shown = {**admin.site.each_context(request), "next": _onward(request), **context}
    return TemplateResponse(request, f"admin/{template}.html", shown, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the person's app, or a recovery code; who has none yet enrols first."""
    user = _user(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    if not factors.enrolled(user):
        return HttpResponseRedirect(f"{reverse('admin:second_factor_enrol')}?next={_onward(request)}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = factors.check(user, form.cleaned_data["code"])
        if device is not None:
            # Another key than before: what was seen of the half-open session is worth nothing.
            request.session.cycle_key()
            login(request, device)
            return HttpResponseRedirect(_onward(request))
        wait = factors.waiting(user)
        later = f" The next try counts after {wait} second{'s' if wait > 1 else ''}." if wait else ""
        form.add_error("code", f"That is not a code of yours that is valid now.{later}")
    return _show(request, "second_factor", 422 if form.errors else 200, form=form, title="Second factor")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol an app: at the first login, or in place of the one that this session was verified with."""
    user = _user(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    if factors.enrolled(user) and not factors.passed(request):
        return HttpResponseRedirect(reverse("admin:second_factor"))
    device = factors.pending(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        confirmed = factors.confirm(user, form.cleaned_data["code"])
        if confirmed is not None:
            request.session.cycle_key()
            login(request, confirmed)
            return _codes(request, user, "Your app is enrolled.")
        form.add_error(
            "code", "That is not what the app shows now: wait for its next code. Is your phone's clock right?"
        )
    context = {"form": form, "qr": factors.picture(device), "secret": factors.secret(device)}
    title = "Enrol your second factor"
    return _show(request, "second_factor_enrol", 422 if form.errors else 200, title=title, **context)


@never_cache
@require_http_methods(["POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Give new recovery codes to whoever has shown the second factor."""
    user = _user(request)
    if user is None or not factors.passed(request) or not factors.enrolled(user):
        return HttpResponseRedirect(reverse("admin:second_factor"))
    return _codes(request, user, "The old codes are void.")


def _codes(request: HttpRequest, user: User, told: str) -> HttpResponse:
    messages.success(request, told)
    return _show(request, "recovery_codes", codes=factors.new_recovery_codes(user), title="Recovery codes")
