"""How static files are named and kept."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ServedFilesStorage(CompressedManifestStaticFilesStorage):
    """Names that change with the content; the list of them is kept beside the files, not served."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        beside = FileSystemStorage(location=settings.STATIC_ROOT.parent)
        super().__init__(*args, manifest_storage=beside, **kwargs)
