"""An entry of a Bundle that deletes: `request.method` DELETE, `request.url` "Observation/123".

Source: https://hl7.org/fhir/R4/http.html#delete, https://hl7.org/fhir/R4/bundle.html#transaction.
"""

import re

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.types import RESOURCE_TYPES
from phiward.records.results import Place

_URL = re.compile(r"(?:https?://[^?#]*/)?/?([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")


def deleted(url: str, place: Place) -> str:
    """The source id ("Observation/123") of what is deleted.

    Raises ImportFailedError at `place` for anything else, such as a conditional deletion, which would delete whatever
    the sender's own search finds.
    """
    found = _URL.fullmatch(url)
    if found is None or found[1] not in RESOURCE_TYPES:
        raise ImportFailedError(f"{place}: only one resource can be deleted, by its type and id.", param=place.name)
    return f"{found[1]}/{found[2]}"
