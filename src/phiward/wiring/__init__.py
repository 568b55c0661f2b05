"""The composition root: settings → adapters → rooms → flow. The only place that knows everything."""

from phiward.wiring.access import Access
from phiward.wiring.base import administrator, database_credentials, embedded_database, prepare_secrets, utc_now
from phiward.wiring.commands import (
    Auditor,
    ChartDesk,
    Registrar,
    ReviewDesk,
    open_auditor,
    open_charts,
    open_registrar,
    open_review,
    restore_log,
    sequence_all,
)
from phiward.wiring.integrity import Checked, check_before_start, check_log
from phiward.wiring.runtime import Runtime, open_runtime, refuse_unready

__all__ = [
    "Access",
    "Auditor",
    "ChartDesk",
    "Checked",
    "Registrar",
    "ReviewDesk",
    "Runtime",
    "administrator",
    "check_before_start",
    "check_log",
    "database_credentials",
    "embedded_database",
    "open_auditor",
    "open_charts",
    "open_registrar",
    "open_review",
    "open_runtime",
    "prepare_secrets",
    "refuse_unready",
    "restore_log",
    "sequence_all",
    "utc_now",
]
