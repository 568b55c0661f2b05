"""The purpose of use of a request: stated by the caller, or fixed by the key.

A purpose is always required, so that no use of PHI is on record without one. A key bound to a
purpose states it by itself; a request may repeat it but not differ. To which patient a key is bound
the database enforces: it shows the key no other. Source: 45 CFR 164.502(b).
"""

from phiward.domain.errors import InvalidRequestError, NotPermittedError
from phiward.domain.people import Caller, PurposeOfUse

HEADER = "X-Phiward-Purpose"

_BY_CODE = {str(one): one for one in PurposeOfUse}
_CODES = ", ".join(_BY_CODE)


def bind_purpose(caller: Caller, asked: str | None) -> PurposeOfUse:
    """The purpose of this request.

    `asked` is the caller's own statement, or None. Raises InvalidRequestError when it is missing and
    the key has none, or is no code of v3 PurposeOfUse; NotPermittedError when it is not the key's.
    """
    if asked is None:
        if caller.bound_purpose is not None:
            return caller.bound_purpose
        raise InvalidRequestError(
            f"A purpose of use is needed in the header {HEADER}: one of {_CODES}.", param="purpose"
        )
    purpose = _BY_CODE.get(asked)
    if purpose is None:
        raise InvalidRequestError(f"The purpose of use in {HEADER} must be one of {_CODES}.", param="purpose")
    if caller.bound_purpose not in (None, purpose):
        raise NotPermittedError("This key is bound to another purpose of use.", param="purpose", rule="bound_purpose")
    return purpose
