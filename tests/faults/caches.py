from django.core.cache.backends.base import BaseCache


class DownCache(BaseCache):
    """A cache whose server does not answer."""

    def __init__(self, location, params) -> None:
        super().__init__(params)

    def _fail(self, *args, **kwargs):
        raise ConnectionRefusedError("no cache here")

    add = get = set = touch = delete = clear = has_key = _fail
