"""What users, customers and suppliers have in common, and how master data leaves the shop."""

from typing import Any, Self

from django.db import models
from django.utils import timezone


class Gender(models.TextChoices):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"


class Status(models.TextChoices):
    ACTIVE = "active"
    INACTIVE = "inactive"
    BANNED = "banned"


class ArchivableQuerySet(models.QuerySet[Any]):
    def listed(self) -> Self:
        """Rows that have not been archived."""
        return self.filter(archived_at__isnull=True)


class Archivable(models.Model):
    """Master data with history is archived, never deleted; its unique keys are free again."""

    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def archive(self, *, keys: tuple[str, ...] = ()) -> None:
        """Take the row off every list; its name survives in history. `keys` become NULL."""
        self.archived_at = timezone.now()
        for key in keys:
            setattr(self, key, None)
        self.save(update_fields=["archived_at", *keys])


def _text(length: int) -> models.CharField:
    # NULL is the one spelling of "not given": the API shows it as null or as "".
    return models.CharField(max_length=length, null=True, blank=True)


class Contact(models.Model):
    """How to reach a person or firm, and their picture's storage key."""

    gender = models.CharField(max_length=10, null=True, blank=True, choices=Gender.choices)
    birthday = models.DateField(null=True, blank=True)
    phone = _text(30)
    alt_phone = _text(30)
    whatsapp = _text(30)
    division = _text(100)
    district = _text(100)
    city = _text(100)
    area = _text(100)
    post_code = _text(20)
    road = _text(100)
    house = _text(100)
    image_public_id = _text(255)

    class Meta:
        abstract = True


# All of those but the picture.
CONTACT_FIELDS = tuple(
    field.name for field in Contact._meta.local_fields if field.name != "image_public_id"
)
