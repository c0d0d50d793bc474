"""Archives and workbooks that would swell beyond what anybody sends.

Members are only ever read through ``zipfile``, which hands out no more bytes than the
directory of the archive declares; so the declared sizes bound the real ones.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from gisclusters.domain.issue import error
from gisclusters.errors import InputRefusedError
from gisclusters.readers.archives import MOST_MEMBERS, MOST_UNPACKED_BYTES

MOST_WORKBOOK_BYTES = 500_000_000


def unpacked_bytes(path: Path) -> int:
    """How many bytes the members of an archive may have together; 0 where it is none.

    An archive larger than that itself is not even looked into.  Raises InputRefusedError
    (``archive_too_large``) over ``MOST_UNPACKED_BYTES``
    (``MOST_WORKBOOK_BYTES`` for a workbook) or over ``MOST_MEMBERS`` members.
    """
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return 0
    if path.stat().st_size > MOST_UNPACKED_BYTES:
        raise InputRefusedError(
            [error("archive_too_large", layer=path.name, limit=MOST_UNPACKED_BYTES)]
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0  # said by whoever reads it
    workbook = any(member.filename == "xl/workbook.xml" for member in members)
    limit = MOST_WORKBOOK_BYTES if workbook else MOST_UNPACKED_BYTES
    total = sum(member.file_size for member in members)
    if total > limit or len(members) > MOST_MEMBERS:
        raise InputRefusedError([error("archive_too_large", layer=path.name, limit=limit)])
    return total
