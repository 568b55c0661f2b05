"""One family of errors, named in words a compliance officer understands.

`code` is stable and machine-readable; `str(error)` is safe to show to anyone and never repeats
input; `advice` tells the reader what to do next. Anything that is not in this family is a defect,
and the gateway answers it with a bare 500 that says nothing.
"""


class PhiwardError(Exception):
    """Root of the family. The message must hold no PHI and no input."""

    code = "internal"
    advice = "Look up the interaction id in the audit log, or ask the person who runs phiward."

    def __init__(self, message: str, *, param: str | None = None, rule: str | None = None) -> None:
        """Hold a safe message, the name of the offending parameter, and the rule that decided."""
        super().__init__(message)
        self.param = param
        self.rule = rule


class ConfigurationError(PhiwardError):
    """A setting is missing or contradicts another; the service does not start."""

    code = "configuration"
    advice = "Correct the setting that the message names and start again."


class NotAuthenticatedError(PhiwardError):
    """No credential, or one that is unknown, expired or revoked."""

    code = "invalid_api_key"
    advice = "Sign in again, or use a personal key that is in force; `phiward user key` issues one."


class InvalidRequestError(PhiwardError):
    """The request cannot be read; `param` names the place."""

    code = "invalid_request"
    advice = "Correct the parameter that the message names."


class TooLargeError(InvalidRequestError):
    """The request is larger than the configured limit in bytes."""

    code = "request_too_large"
    advice = "Send less text, or raise the limit."


class NotPermittedError(PhiwardError):
    """Policy forbids it; `rule` names the policy that decided."""

    code = "not_permitted"
    advice = "The rule that decided is named here and on record; ask the privacy officer about it."


class PatientNotFoundError(PhiwardError):
    """Unknown, malformed and out-of-care patients: one error, so that nobody can ask who is here."""

    code = "patient_not_found"
    advice = "Check the patient reference, or ask the care team to record your care relation."

    def __init__(self) -> None:
        """Always the same words."""
        super().__init__("No such patient for you.", param="patient")


class ModelNotFoundError(PhiwardError):
    """No destination that this person may use serves the model."""

    code = "model_not_found"
    advice = "`GET /v1/models` lists the models that you may use."


class NoBaaError(PhiwardError):
    """The destination has no business associate agreement in force, and what would go is PHI."""

    code = "no_baa"
    advice = "`phiward vendor baa` records an agreement; `phiward vendor accept-risk` a residual risk."


class UnsafeContentError(PhiwardError):
    """A last check refused what was about to leave or to be released. Never says what it saw."""

    code = "unsafe_content"
    advice = "Remove what identifies anyone but this patient, and ask again."


class AuditUnavailableError(PhiwardError):
    """The log could not be written durably, so nothing was released (promise 1)."""

    code = "audit_unavailable"
    advice = "Restore the audit store (space, permission, connection); requests then work again."


class AuditIntegrityError(PhiwardError):
    """The log does not verify."""

    code = "audit_integrity"
    advice = "Keep everything as it is and call the security officer."


class SignerUnavailableError(PhiwardError):
    """Whoever signs the log's checkpoints cannot be asked: entries are durable and wait for their number."""

    code = "audit_signer_unavailable"
    advice = "Start the signer again; what waits is numbered then, and nothing is lost."


class AnchorError(PhiwardError):
    """A place outside the database does not take the log's checkpoint; it is tried again."""

    code = "audit_anchor_unavailable"
    advice = "`phiward audit anchor list` says which; what came since its last checkpoint rests on the others."


class RewoundError(AnchorError):
    """A place outside remembers more of the log, or another one, than the database holds."""

    code = "audit_rewound"
    advice = "Keep everything as it is and call the security officer; after a restore, `phiward audit restored`."


class StorageError(PhiwardError):
    """The database refused or could not be reached."""

    code = "storage_unavailable"
    advice = "Check that the database runs and that there is space; then ask again."


class VaultError(PhiwardError):
    """A key is missing, destroyed or wrong, or a ciphertext does not belong where it stands."""

    code = "vault"
    advice = "Check the root key and the key store; a destroyed key cannot be restored."


class UpstreamError(PhiwardError):
    """The model's server failed, was slow, or answered something unreadable."""

    code = "upstream_unavailable"
    advice = "Ask again later, or ask for another model."


class IdentityUnavailableError(UpstreamError):
    """The identity provider cannot be reached, or says what cannot be used."""

    code = "identity_unavailable"
    advice = "Check that the identity provider answers; personal keys and open sessions go on working."


class ImportFailedError(PhiwardError):
    """A clinical file is broken; `param` is file, line or path. Nothing of it was stored."""

    code = "import_failed"
    advice = "Correct the place that the message names and import the file again."
