"""Does this bucket hold what it promises? A canary under a short lock, and every act that must not succeed on it.

Stores that say "Object Lock" were seen to let a lock be shortened, downgraded or, once versioning was suspended,
deleted. A refusal proves nothing where the credentials could do nothing anyway, so that each kind of act has a
control that must succeed: it needs an administrator's credentials, not those of the application. After each act it is
looked whether the canary still stands as it was; the store's answer alone is not believed.
Source: Amazon S3 User Guide, "Locking objects with Object Lock".
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any

from phiward.adapters.anchors.asking import RefusedError, UnansweredError
from phiward.adapters.anchors.canary import Canary, Ground
from phiward.adapters.anchors.object_lock import MODE, refuse_unlocked
from phiward.adapters.anchors.probe_report import Probe, Remains, Verdict
from phiward.domain.errors import AnchorError
from phiward.domain.ports import Clock

LEAST_SECONDS = 30
_ENOUGH_SECONDS = 10.0
_BYPASS = {"BypassGovernanceRetention": True}
Act = Callable[[Canary], None]


class Control(StrEnum):
    """What must succeed before a refusal of the same kind means anything."""

    DELETE = "delete"
    RETENTION = "retention"
    VERSIONING = "versioning"


class Prober:
    """One probe of one bucket; blocking. It ends within the canary's time, or says that it could not."""

    def __init__(self, client: Any, bucket: str, prefix: str, clock: Clock, *, seconds: int = 120) -> None:
        """`seconds`: how long each canary is locked, at least LEAST_SECONDS."""
        self._ground = Ground(client, bucket, prefix, clock, max(seconds, LEAST_SECONDS))
        self._probe = Probe()
        self._canary: Canary | None = None
        self._proved: set[Control] = set()

    def run(self) -> Probe:
        """Every step, then the versions, oldest first. Puts back what it changed; raises nothing of the store's."""
        try:
            refuse_unlocked(self._ground.client, self._ground.bucket)
            self._standing()
            self._controls()
            self._deletions()
            self._weakenings()
            self._suspension()
            self._legal_hold()
            self._coverings()
            self._bucket_deletion()
            self._oldest_first()
        except (RefusedError, UnansweredError, AnchorError) as error:
            self._probe.note("access", "ask the bucket", "an answer", str(error), Verdict.UNTOLD)
        finally:
            self._restore()
        return self._probe

    def _controls(self) -> None:
        self._control(Control.DELETE, "delete an object under GOVERNANCE, by the right to bypass it", self._other)
        self._control(Control.RETENTION, "extend the canary's retention", self._extend)
        self._control(Control.VERSIONING, "enable versioning once more", lambda: self._ground.set_versioning("Enabled"))

    def _control(self, control: Control, act: str, call: Callable[[], None]) -> None:
        try:
            call()
        except (RefusedError, UnansweredError) as error:
            said = f"{_said(error)}: a refusal of this kind proves nothing"
            self._probe.note(f"control_{control}", act, "allowed", said, Verdict.NOTED)
        else:
            self._proved.add(control)
            self._probe.note(f"control_{control}", act, "allowed", "allowed", Verdict.HOLDS)

    def _other(self) -> None:
        made = self._ground.put(self._ground.new_key(), "GOVERNANCE")
        left = Remains(made.key, made.version, made.until)
        self._probe.remains.insert(0, left)
        self._ground.delete(made, **_BYPASS)
        self._probe.remains.remove(left)

    def _extend(self) -> None:
        canary = self._standing()
        until = canary.until + timedelta(seconds=self._ground.seconds)
        self._ground.retain(canary, MODE, until)
        canary.until, canary.ends = until, canary.ends + self._ground.seconds
        self._probe.remains[-1] = Remains(canary.key, canary.version, until)

    def _deletions(self) -> None:
        ground = self._ground
        self._forbid("delete", "delete the version", ground.delete, Control.DELETE)
        act = "delete the version, by the right to bypass GOVERNANCE"
        self._forbid("delete_bypass", act, lambda one: ground.delete(one, **_BYPASS), Control.DELETE)
        self._forbid("delete_many", "delete the version among several", ground.delete_among_several, Control.DELETE)

    def _weakenings(self) -> None:
        ground, half = self._ground, timedelta(seconds=self._ground.seconds // 2)
        acts: tuple[tuple[str, str, Act], ...] = (
            ("shorten", "shorten the retention", lambda one: ground.retain(one, MODE, one.until - half)),
            (
                "shorten_bypass",
                "shorten the retention, by the right to bypass GOVERNANCE",
                lambda one: ground.retain(one, MODE, one.until - half, **_BYPASS),
            ),
            (
                "downgrade",
                "downgrade to GOVERNANCE, by the right to bypass it",
                lambda one: ground.retain(one, "GOVERNANCE", one.until, **_BYPASS),
            ),
        )
        for code, act, call in acts:
            self._forbid(code, act, call, Control.RETENTION)

    def _suspension(self) -> None:
        def harm() -> str:
            return "" if self._ground.versioning() == "Enabled" else "versioning is suspended"

        def suspend(_: Canary) -> None:
            self._ground.set_versioning("Suspended")

        try:
            self._forbid("suspend", "suspend versioning", suspend, Control.VERSIONING, harm=harm)
        finally:
            self._restore_versioning()

    def _legal_hold(self) -> None:
        """Who may set a hold may remove it; the retention must not go with it."""
        canary, act = self._standing(), "place a legal hold and remove it"
        try:
            self._ground.hold(canary, "ON")
        except (RefusedError, UnansweredError) as error:
            self._probe.note("hold", act, "allowed", _said(error), Verdict.NOTED)
            return
        finally:
            self._release(canary)
        self._forbid("hold", f"{act}, then delete the version", self._ground.delete, Control.DELETE)

    def _release(self, canary: Canary) -> None:
        try:
            self._ground.hold(canary, "OFF")
        except (RefusedError, UnansweredError) as error:
            if not isinstance(error, RefusedError) or error.status == 403:
                self._probe.warnings.append(f"A legal hold may still stand on {canary.key} ({error}).")

    def _coverings(self) -> None:
        """Acts that S3 allows: what is below them must stay."""
        ground = self._ground

        def cover(canary: Canary) -> None:
            made = ground.put(canary.key)
            self._probe.remains.append(Remains(made.key, made.version, made.until))

        self._forbid("overwrite", "overwrite the key", cover, expected="a new version; the old stays")
        act = "delete the key without naming a version"
        self._forbid("delete_key", act, ground.hide, expected="a marker; the version stays")

    def _bucket_deletion(self) -> None:
        """Only while a canary stands in it: an empty bucket may go."""
        self._forbid("delete_bucket", "delete the bucket", lambda _: self._ground.delete_bucket())

    def _oldest_first(self) -> None:
        canary = self._standing()
        versions, markers = self._ground.versions(canary.key)
        first, harm = versions[:1] == [canary.version], self._ground.harm(canary)
        said = f"{len(versions)} versions, {len(markers)} markers; the oldest is {'the canary' if first else 'another'}"
        verdict = Verdict.HOLDS if first and not harm else Verdict.BROKEN
        act, expected = "read the canary's versions, oldest first", "the canary, byte for byte"
        self._probe.note("read_oldest", act, expected, f"{said}; {harm}" if harm else said, verdict)

    def _forbid(
        self,
        code: str,
        act: str,
        call: Act,
        control: Control | None = None,
        *,
        harm: Callable[[], str] = lambda: "",
        expected: str = "refused",
    ) -> None:
        """Try it on a canary that stands, and look at what it did, whatever was answered."""
        canary = self._standing()
        verdict, said = Verdict.HOLDS, "accepted" if expected == "refused" else "as expected"
        try:
            call(canary)
        except RefusedError as refused:
            said = _said(refused)
            if control is not None and control not in self._proved:
                verdict, said = Verdict.UNTOLD, f"{said}, as all of this kind to these credentials"
        except UnansweredError as error:
            verdict, said = Verdict.UNTOLD, _said(error)
        try:
            done = self._ground.harm(canary) or harm()
        except (RefusedError, UnansweredError) as error:
            verdict, said, done = Verdict.UNTOLD, f"{said}; what became of it is not told ({error})", ""
        if canary.seconds_left < 0:
            verdict, said = Verdict.UNTOLD, f"{said}; the canary's time ran out meanwhile"
        elif done:
            verdict, said = Verdict.BROKEN, f"{said}; {done}"
            self._canary = None  # the next act gets one that was not harmed
        elif said == "accepted":
            said = "accepted, without effect"
        self._probe.note(code, act, expected, said, verdict)

    def _standing(self) -> Canary:
        """A canary that nothing has harmed yet, with time left."""
        if self._canary is None or self._canary.seconds_left < _ENOUGH_SECONDS:
            made = self._ground.put(self._ground.new_key())
            self._probe.remains.append(Remains(made.key, made.version, made.until))
            harm = self._ground.harm(made)
            verdict = Verdict.BROKEN if harm else Verdict.HOLDS
            said = f"accepted; {harm}" if harm else "allowed"
            self._probe.note("put", "put a canary under COMPLIANCE", "allowed", said, verdict)
            self._canary = made
        return self._canary

    def _restore(self) -> None:
        for key in {one.key for one in self._probe.remains}:
            try:
                self._ground.remove_markers(key)
            except (RefusedError, UnansweredError) as error:
                self._probe.warnings.append(f"A delete marker may still stand on {key} ({error}).")

    def _restore_versioning(self) -> None:
        try:
            if self._ground.versioning() != "Enabled":
                self._ground.set_versioning("Enabled")
        except (RefusedError, UnansweredError) as error:
            self._probe.warnings.append(f"Versioning may still be suspended ({error}): enable it.")


def _said(error: RefusedError | UnansweredError) -> str:
    if isinstance(error, RefusedError):
        return f"refused ({error.status}{f' {error.code}' if error.code else ''})"
    return f"no answer ({error})"
