"""A whole import: survey all files, then store them one by one, each in a transaction of its own.

Files with patients come first, so that what refers to them finds them. An interrupted import is
resumed by running it again: what is stored already counts as unchanged.
"""

from pathlib import Path
from uuid import UUID

from phiward.records.account import Account
from phiward.records.parsing import parse_file, survey
from phiward.records.ports import Progress, Writer
from phiward.records.reading import Limits, sources


async def import_path(
    writer: Writer,
    tenant: UUID,
    path: Path,
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Account:
    """The account of all files. Raises ImportFailedError at the first broken place, StorageError.

    A file that cannot be read as FHIR at all stops the import before anything is stored; a broken
    field stops it at its file, of which nothing is stored.
    """
    found = sources(path, limits)
    directory, with_patients = survey(found, limits)
    account, resources = Account(), 0
    in_order = sorted(found, key=lambda source: source.place.name not in with_patients)
    for done, source in enumerate(in_order, 1):
        parsed = parse_file(source, directory, limits)
        account += await writer.import_file(tenant, parsed)
        resources += parsed.resources
        if progress is not None:
            progress(done, len(found), resources)
    return account
