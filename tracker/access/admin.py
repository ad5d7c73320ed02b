"""Accounts in the admin: who is staff, in which groups, with or without a second factor."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from tracker.access import factors

# UserAdmin takes its model as a parameter in the stubs alone.
if TYPE_CHECKING:
    Accounts = UserAdmin[User]
else:
    Accounts = UserAdmin

# The devices' own admins would show secrets with which anybody could pass for their owner.
for secret_model in (TOTPDevice, StaticDevice):
    if admin.site.is_registered(secret_model):
        admin.site.unregister(secret_model)
admin.site.unregister(User)


@admin.action(description="Take the second factor away: the next login enrols anew", permissions=["change"])
def reset_second_factor(model_admin: Any, request: HttpRequest, users: QuerySet[User]) -> None:
    """Take app and codes of the chosen people away, for those who lost both; it is logged."""
    for user in users:
        if user.is_superuser and not request.user.is_superuser:
            messages.error(request, f"Only a superuser may do so for {user}: nothing was changed.")
        elif factors.forget(user):
            model_admin.log_change(request, user, "Took the second factor away.")
            messages.success(request, f"{user} enrols a second factor at the next login.")
        else:
            messages.warning(request, f"{user} had none.")


@admin.register(User)
class StaffAdmin(Accounts):
    """Accounts; nobody makes a superuser, or changes one, but a superuser."""

    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "second_factor", "last_login")
    actions = (reset_second_factor,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return the accounts with whether they are enrolled."""
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).annotate(enrolled=Exists(apps))

    @admin.display(description="second factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        """Return whether an app is enrolled."""
        return bool(getattr(user, "enrolled", False))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return the fields that only a superuser sets."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Allow a superuser's account to superusers alone."""
        guarded = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not guarded and super().has_change_permission(request, obj)
