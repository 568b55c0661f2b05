"""Why a document is deleted: a code, because it goes on record in clear."""

from enum import StrEnum


class DeletionReason(StrEnum):
    """What somebody who deletes a document states."""

    WRONG_PATIENT = "wrong_patient"
    DUPLICATE = "duplicate"
    ENTERED_IN_ERROR = "entered_in_error"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"  # by whoever wrote it
    PATIENT_REQUEST = "patient_request"
    OTHER = "other"
