"""Forms that anybody may send without an account, and what keeps programs from flooding them.

Nobody else's service is asked: a field that people do not see has to stay empty, the form says by signature when it
was shown and has to be looked at for some seconds and sent within a day, and `claims.curation` counts what comes of
one sender and in all.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.validators import URLValidator
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from claims.curation.replies import LONGEST_REPLY
from claims.curation.suggestions import LONGEST_WHY

SALT = "claims.outside"
# Nobody reads and fills in a form faster, and nobody takes longer without loading it again.
SHORTEST_SECONDS, LONGEST_SECONDS = 3, 24 * 3600
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "français",
    "es": "español",
    "it": "italiano",
    "pt": "português",
    "nl": "Nederlands",
    "pl": "polski",
    "ja": "日本語",
    "ko": "한국어",
    "zh": "中文",
    "other": _("another"),
}


class OutsideForm(forms.Form):
    """A form for everybody: `website` is the field that only programs fill in, `shown` when the form was made."""

    website = forms.CharField(label=_("Leave this empty"), required=False, widget=forms.TextInput({"tabindex": "-1"}))
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown"].initial = signing.TimestampSigner(salt=SALT).sign("shown")
        self.fields["website"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Refuse what a program sent, in words that a person can act on."""
        data: dict[str, Any] = super().clean() or {}
        signer = signing.TimestampSigner(salt=SALT)
        try:
            signer.unsign(data.get("shown", ""), max_age=LONGEST_SECONDS)
        except signing.BadSignature as error:  # SignatureExpired is one too
            raise forms.ValidationError(
                _("This form was open for too long. What you wrote is kept below: please send it again.")
            ) from error
        if data.get("website") or self._too_fast(signer, data["shown"]):
            raise forms.ValidationError(_("That came too fast. Wait a few seconds, then send it again."))
        return data

    def _too_fast(self, signer: signing.TimestampSigner, shown: str) -> bool:
        try:
            signer.unsign(shown, max_age=SHORTEST_SECONDS)
        except signing.SignatureExpired:
            return False
        return True

    def fresh(self) -> None:
        """Let a form that was refused be sent again: its moment is signed anew."""
        data: Any = self.data
        data = data.copy()
        data["shown"] = signing.TimestampSigner(salt=SALT).sign("shown")
        self.data = data


class SuggestionForm(OutsideForm):
    """A page that the editors should look at."""

    url = forms.CharField(
        label=_("Address of the page"),
        max_length=2000,
        validators=[URLValidator(["http", "https"], message=_("That is no address of a web page: https://…"))],
        widget=forms.URLInput({"placeholder": "https://", "autocomplete": "off"}),
    )
    why = forms.CharField(
        label=_("What does it claim, and about whom?"), max_length=LONGEST_WHY, widget=forms.Textarea({"rows": 5})
    )
    contact = forms.EmailField(
        label=_("Your e-mail address, if we may ask back"),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class ReplyForm(OutsideForm):
    """What a party answers."""

    text = forms.CharField(
        label=_("Your answer"), max_length=LONGEST_REPLY, widget=forms.Textarea({"rows": 12, "dir": "auto"})
    )
    signed = forms.CharField(
        label=_("Who answers, as it is to be shown"),
        max_length=200,
        widget=forms.TextInput({"placeholder": _("The press office of …")}),
    )
    language = forms.ChoiceField(label=_("Language of your answer"), choices=LANGUAGES, initial="en")


def sender_of(request: HttpRequest, behind_proxy: bool, day: datetime) -> str:
    """Return a name for whoever sends that is another one tomorrow and cannot be turned back into an address."""
    address = request.META.get("REMOTE_ADDR", "")
    if behind_proxy:
        # The last one is the one that our own proxy saw; those before it anyone can make up.
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    return salted_hmac(SALT, f"{day:%Y-%m-%d} {address}", algorithm="sha256").hexdigest()
