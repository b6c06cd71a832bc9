from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models
from django.db.models import Q

# One statement, so that several processes never count the same request twice, nor forget one.
# The rows come in the order of the values: two requests for the same keys cannot deadlock.
_COUNT = """
INSERT INTO registrations_requestcount AS counted (key, n, ends_at) VALUES {values}
ON CONFLICT (key) DO UPDATE SET
    n = CASE WHEN counted.ends_at <= %s THEN excluded.n ELSE counted.n + excluded.n END,
    ends_at = CASE WHEN counted.ends_at <= %s THEN excluded.ends_at ELSE counted.ends_at END
RETURNING key, n, ends_at
"""


# No count lasts longer; what the clocks of several machines may differ by.
LONGEST = timedelta(days=1)
TOLERANCE = timedelta(minutes=5)


class RequestCountQuerySet(models.QuerySet):
    def past(self, now: datetime) -> Self:
        """Those without effect any more: the next request starts again.

        Those that would last longer than any come from a clock that was ahead.
        """
        ahead = Q(ends_at__gt=now + LONGEST + TOLERANCE)
        return self.filter(Q(ends_at__lte=now) | ahead)


class RequestCount(models.Model):
    """How many requests of one kind there were, from or for one subject, within a time.

    Or how many people were in the lists that an account took away.

    ``key`` is an HMAC: the table holds the address of no network and no mailbox.
    """

    key = models.CharField(max_length=64, primary_key=True, editable=False)
    n = models.PositiveIntegerField("demandes", editable=False)
    ends_at = models.DateTimeField("jusqu’au", db_index=True, editable=False)

    objects = RequestCountQuerySet.as_manager()

    class Meta:
        verbose_name = "compteur de demandes"
        verbose_name_plural = "compteurs de demandes"

    def __str__(self) -> str:
        return f"{self.n} demandes"

    @classmethod
    def add(cls, ends: Mapping[str, datetime], now: datetime, *, n: int = 1) -> dict[str, Self]:
        """Counts ``n`` more for each key, and returns the counts by key.

        ``ends`` gives, by key, the end of the time to count in if it starts with this request.
        A count that ends well after it comes from a clock that was ahead, and starts again: it
        would shut people out until that time comes. One statement otherwise, the same on both
        engines; it commits on its own outside a transaction.
        """
        counts = cls._count(ends, now, n)
        for key, end in ends.items():
            latest = end + TOLERANCE
            if counts[key].ends_at > latest:
                cls.objects.filter(key=key, ends_at__gt=latest).delete()
                counts |= cls._count({key: end}, now, n)
        return counts

    @classmethod
    def _count(cls, ends: Mapping[str, datetime], now: datetime, n: int) -> dict[str, Self]:
        instant = connection.ops.adapt_datetimefield_value
        values = ", ".join(["(%s, %s, %s)"] * len(ends))
        parameters = [part for key, end in ends.items() for part in (key, n, instant(end))]
        counts = cls.objects.raw(
            _COUNT.format(values=values), [*parameters, instant(now), instant(now)]
        )
        return {count.key: count for count in counts}
