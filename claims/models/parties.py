"""Who claims and is claimed against: parties with their names, and the systems that claims are about."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse


class PartyKind(models.TextChoices):
    """What sort of party it is."""

    COMPANY = "company"
    LAB = "lab"
    PERSON = "person"
    REGULATOR = "regulator"
    COURT = "court"
    GOVERNMENT = "government"
    LEGISLATURE = "legislature"
    UNION = "union"
    ASSOCIATION = "association"
    NGO = "ngo", "non-governmental organisation"
    RESEARCH = "research", "research group"
    MEDIA = "media", "news organisation"
    POLICE = "police"
    UNIVERSITY = "university"
    GROUP = "group", "described group"


class PartyQuerySet(models.QuerySet["Party"]):
    """Querysets of parties."""

    def standing(self) -> Self:
        """Parties that were not merged into another."""
        return self.filter(merged_into=None)


class Party(models.Model):
    """An organisation, person, court, regulator or described group. A merged one points to its survivor."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=PartyKind, default=PartyKind.COMPANY)
    description = models.TextField(blank=True)
    wikidata = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=3, blank=True, help_text="ISO 3166 alpha-2, EU or INT.")
    nationality = models.CharField(max_length=40, blank=True, help_text="The adjective: American, Italian.")
    roles = ArrayField(
        models.CharField(max_length=50),
        default=list,
        blank=True,
        help_text="Nouns that an article may call it by: company, start-up, regulator.",
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    # A private person goes by initials everywhere: `name` holds these, so that no page, feed or file can tell more.
    private = models.BooleanField(
        "private person", default=False, editable=False, help_text="Shown by initials until a decision says otherwise."
    )
    full_name = models.CharField(max_length=200, blank=True, editable=False, help_text="Known to editors alone.")

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        ordering = ["name"]
        indexes = [GinIndex(name="party_name_trigram", fields=["name"], opclasses=["gin_trgm_ops"])]
        permissions = [("disclose_party", "Can publish a private person's full name")]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="party_is_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(private=False, full_name="") | Q(private=True, kind="person") & ~Q(full_name=""),
                name="private_party_is_a_person_with_a_name",
            ),
            models.CheckConstraint(
                condition=Q(private=False) | ~Q(name=F("full_name")), name="private_party_goes_by_other_than_its_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the party's public page."""
        return reverse("party", args=[self.slug])


class Alias(models.Model):
    """Another name of a party; `folded` is what names are looked up by."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, db_index=True, editable=False)
    ambiguous = models.BooleanField(default=False, help_text="Means this party only beside its full name.")

    class Meta:
        verbose_name_plural = "aliases"
        ordering = ["name"]
        # GiST: of a few thousand short names, a scan of the table would be cheaper than GIN's many lists.
        indexes = [GistIndex(name="alias_trigram", fields=["folded"], opclasses=["gist_trgm_ops"])]
        constraints = [models.UniqueConstraint(fields=["party", "folded"], name="alias_once_a_party")]

    def __str__(self) -> str:
        return self.name


class System(models.Model):
    """The model, product, data set or law that a claim is about (R1, LAION-5B)."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, default="product")
    maker = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="systems")
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the system's public page."""
        return reverse("system", args=[self.slug])


class Topic(models.Model):
    """What a claim is about in general: copyright, distillation, privacy …"""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of the topic's public page."""
        return reverse("topic", args=[self.slug])
