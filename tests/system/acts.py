"""The table of the completeness suite: every act from outside, with the events that it leaves.

In the spirit of the 58 black-box tests of King et al. 2012, by which open-source record systems logged 4 of 100 acts.
The rows run in order in one house; a row may use what an earlier one made.
"""

from typing import Any
from uuid import uuid4

from tests.system.completeness import LATER, TOMORROW, Row, Scene

CHAT, SEARCH, GRANT = "POST /v1/chat/completions", "POST /v1/vector_stores/{store}/search", "/v1/emergency-access"
TOOL = {"type": "function", "function": {"name": "book", "parameters": {"type": "object"}}}
ANSWERED = ("intent", "outcome")


def keep(scene: Scene, name: str, value: Any) -> None:
    """For later rows."""
    scene.made[name] = value


def search(scene: Scene, *, status: int = 200, **headers: str) -> Any:
    """As an application that builds its own prompt."""
    named = {**scene.hospital.context(), **headers}
    kept = {name: value for name, value in named.items() if value}
    body = {"query": "Which medication?"}
    return scene.ask("POST", "/v1/vector_stores/chart/search", status=status, json=body, headers=kept)


def glass(scene: Scene, *, key: str = "token physician-a", status: int = 201) -> Any:
    """Break the glass of a patient whom she does not treat."""
    body = {"patient": scene.hospital.foreign_patient, "reason": "threat_to_life", "birth_date": scene.birth_date()}
    return scene.ask("POST", GRANT, key=scene.made.get(key, scene.hospital.physician), status=status, json=body)


def in_emergency(scene: Scene) -> Any:
    """Ask under it."""
    headers = {"X-Phiward-Purpose": "ETREAT"}
    return scene.chat(patient=scene.hospital.foreign_patient, headers=headers, key=scene.made["token physician-a"])


def held(scene: Scene, at: int = 0) -> str:
    """The id of a document that waits for a person."""
    return str(scene.command("quarantine", "list")[at]["id"])


def scim(scene: Scene, method: str, path: str, status: int, body: Any = None) -> Any:
    """As the organisation's directory."""
    more = {} if body is None else {"json": {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], **body}}
    return scene.ask(method, f"/scim/v2{path}", key=scene.made["directory"], status=status, **more)


QUESTIONS = (
    Row(CHAT, lambda s: s.chat(), ANSWERED, "answered"),
    Row(CHAT, lambda s: s.chat(metadata={"retrieve": "true"}), ANSWERED, "answered from the chart"),
    Row(CHAT, lambda s: s.chat(tools=[TOOL]), ANSWERED, "a tool is offered, or taken away: part of the same entries"),
    Row(CHAT, lambda s: s.chat(patient=s.hospital.foreign_patient, status=404), ("refusal",), "not her patient"),
    Row(CHAT, lambda s: s.chat(headers={"X-Phiward-Purpose": ""}, status=400), ("refusal",), "no purpose"),
    Row(CHAT, lambda s: s.chat(headers={"X-Phiward-Purpose": "HRESCH"}, status=403), ("refusal",), "the policies"),
    Row(CHAT, lambda s: s.chat(model="nothing-of-that-name", status=404), ("refusal",), "no destination"),
    Row(CHAT, lambda s: s.chat(model="no-baa", status=403), ("refusal",), "no agreement, and free text"),
    Row(CHAT, lambda s: s.chat(notes="x", status=400), (), "a field that nobody knows: refused before anyone is asked"),
    Row(CHAT, lambda s: s.chat(key="phw_wrong", status=401), (), "nobody is known by this key"),
    Row(SEARCH, search, ("retrieval",), "passages are given"),
    Row(SEARCH, lambda s: search(s, status=404, **{"X-Phiward-Patient": s.hospital.foreign_patient}), ("refusal",),
        "not her patient"),
    Row("GET /v1/interactions/{interaction}/citations",
        lambda s: s.ask("GET", f"/v1/interactions/{s.tenant()}/citations", status=200), (), "ids and offsets alone"),
)  # fmt: skip
EMERGENCY = (
    Row(f"POST {GRANT}", lambda s: glass(s, key="none", status=403), ("act.refused",), "a personal key opens nothing"),
    Row(f"POST {GRANT}", lambda s: keep(s, "grant", glass(s)["id"]), ("emergency.opened",), "the glass is broken"),
    Row(CHAT, in_emergency, ANSWERED, "under emergency access"),
    Row(f"POST {GRANT}/{{grant}}/extension", lambda s: s.ask(
        "POST", f"{GRANT}/{s.made['grant']}/extension", key=s.made["token physician-a"], status=200,
        json={"patient": s.hospital.foreign_patient, "reason": "threat_to_life", "birth_date": s.birth_date()}),
        ("emergency.extended",), "one more hour"),
    Row(f"DELETE {GRANT}/{{grant}}", lambda s: s.ask(
        "DELETE", f"{GRANT}/{s.made['grant']}", key=s.made["token physician-a"], status=204),
        ("emergency.ended",), "closed before its time"),
    Row("phiward review show", lambda s: s.command("review", "show", s.made["grant"], "--texts"),
        ("emergency.texts_read",), "what was asked is read"),
    Row("phiward review decide", lambda s: s.command(
        "review", "decide", s.made["grant"], "appropriate", "--as", "officer", "--note", "on call"),
        ("emergency.reviewed",), "reviewed"),
)  # fmt: skip
READINGS = (
    Row("phiward audit show", lambda s: (s.chat(), s.command(
        "audit", "show", s.made["interaction"], "--reconstruct", "--as", "officer")),
        (*ANSWERED, "audit.reconstructed"), "the texts are opened"),
    Row("phiward audit show", lambda s: s.command(
        "audit", "show", s.made["interaction"], "--reconstruct", "--as", "helper", code=2),
        ("act.refused",), "not for her"),
    Row("phiward access report", lambda s: s.command("access", "report", "--patient", s.hospital.patient),
        ("access.reported",), "who may see a patient"),
    Row("phiward access report", lambda s: s.command("access", "report", "--person", "officer"),
        ("access.reported",), "whom a person may see"),
    Row("phiward policy explain", lambda s: s.command(
        "policy", "explain", "--as", "physician-a", "--patient", s.hospital.patient), ("access.reported",),
        "the facts of a patient are read"),
)  # fmt: skip
PEOPLE = (
    Row("phiward user add", lambda s: s.command("user", "add", "nurse-b", "--role", "nurse"), ("person.added",), "new"),
    Row("phiward user link", lambda s: s.command(
        "user", "link", "nurse-b", "--issuer", "https://idp.example", "--subject", "b", "--email", "b@clinic.example"),
        ("person.linked", "person.email_set"), "two things"),
    Row("phiward user key", lambda s: keep(s, "key", s.command("user", "key", "nurse-b")["id"]), ("key.issued",),
        "new"),
    Row("phiward user revoke", lambda s: s.command("user", "revoke", s.made["key"]), ("key.revoked",), "ended"),
    Row("phiward user offline-codes", lambda s: s.command("user", "offline-codes", "nurse-b"), ("offline.enrolled",),
        "codes"),
    Row("phiward role add", lambda s: s.command("role", "add", "nurse-b", "billing"), ("roles.changed",), "one more"),
    Row("phiward role remove", lambda s: s.command("role", "remove", "nurse-b", "billing"), ("roles.changed",), "less"),
    Row("phiward access restrict", lambda s: s.command("access", "restrict", s.hospital.patient),
        ("patient.restricted",), "flagged"),
    Row("phiward access restrict", lambda s: s.command("access", "restrict", s.hospital.patient, "--off"),
        ("patient.unrestricted",), "and not"),
    Row("phiward relation add", lambda s: keep(s, "relation", s.command(
        "relation", "add", "physician-a", s.hospital.foreign_patient)["relation"]), ("relation.added",), "entered"),
    Row("phiward relation end", lambda s: s.command("relation", "end", s.made["relation"]), ("relation.ended",),
        "over"),
    Row("phiward relation unit add", lambda s: s.command("relation", "unit", "add", "Ward 1", "--kind", "department"),
        ("unit.added",), "new"),
    Row("phiward relation unit add-member", lambda s: keep(s, "member", s.command(
        "relation", "unit", "add-member", "Ward 1", "nurse-b")["member"]), ("unit.member_added",), "works there"),
    Row("phiward relation unit end-member", lambda s: s.command("relation", "unit", "end-member", s.made["member"]),
        ("unit.member_ended",), "no more"),
    Row("phiward relation unit add-patient", lambda s: keep(s, "place", s.command(
        "relation", "unit", "add-patient", "Ward 1", s.hospital.patient)["place"]), ("unit.patient_added",),
        "lies there"),
    Row("phiward relation unit end-patient", lambda s: s.command("relation", "unit", "end-patient", s.made["place"]),
        ("unit.patient_ended",), "no more"),
    Row("phiward relation cover add", lambda s: keep(s, "cover", s.command(
        "relation", "cover", "add", "nurse-b", "physician-a", "--until", TOMORROW)["cover"]), ("cover.added",),
        "stands in"),
    Row("phiward relation cover end", lambda s: s.command("relation", "cover", "end", s.made["cover"]),
        ("cover.ended",), "no more"),
    Row("phiward grant add", lambda s: keep(s, "access", s.command(
        "grant", "add", "nurse-b", s.hospital.patient, "--basis", "consult", "--approver", "officer",
        "--reason-file", s.file("reason.txt", "second opinion"), "--until", TOMORROW)["grant"]), ("grant.added",),
        "approved"),
    Row("phiward grant revoke", lambda s: s.command("grant", "revoke", s.made["access"]), ("grant.revoked",), "ended"),
    Row("phiward user deactivate", lambda s: s.command("user", "deactivate", "nurse-b"), ("person.deactivated",),
        "no access any more"),
)  # fmt: skip
VENDORS = (
    Row("phiward vendor add", lambda s: s.command(
        "vendor", "add", "cloud", "--vendor", "Acme Models", "--service", "chat", "--endpoint", "https://acme.example/v1",
        "--model", "big=big-1"), ("destination.added",), "registered"),
    Row("phiward vendor baa", lambda s: keep(s, "baa", s.command(
        "vendor", "baa", "--vendor", "Acme Models", "--service", "chat", "--endpoint", "https://acme.example/v1",
        "--until", TOMORROW)["baa"]), ("baa.added",), "an agreement"),
    Row("phiward vendor end-baa", lambda s: s.command("vendor", "end-baa", s.made["baa"]), ("baa.ended",), "ended"),
    Row("phiward vendor accept-risk", lambda s: keep(s, "risk", s.command(
        "vendor", "accept-risk", "cloud", "--by", "officer", "--reason", "a trial", "--until", TOMORROW, "--yes")[
        "acceptance"]), ("risk.accepted",), "a named person"),
    Row("phiward vendor revoke-risk", lambda s: s.command("vendor", "revoke-risk", s.made["risk"]), ("risk.revoked",),
        "ended"),
    Row("phiward vendor remove", lambda s: s.command("vendor", "remove", "cloud"), ("destination.deactivated",), "out"),
)  # fmt: skip
CHARTS = (
    Row("phiward import", lambda s: [s.command("import", s.misfiled(at), "--patient", s.hospital.patient)
                                     for at in range(3)], ("records.imported", "charts.indexed") * 3,
        "three notes that may be another patient's"),
    Row("phiward index", lambda s: s.command("index"), (), "nothing waits"),
    Row("phiward watch", lambda s: s.command(
        "watch", s.folder("letter.txt", "Sodium 140."), "--once", "--every", "1", "--patient", s.hospital.patient),
        ("place.watched",), "something came"),
    Row("phiward quarantine show", lambda s: s.command("quarantine", "show", held(s)), ("quarantine.read",), "read"),
    Row("phiward quarantine release", lambda s: s.command("quarantine", "release", held(s)), ("quarantine.released",),
        "right as it was"),
    Row("phiward quarantine refile", lambda s: s.command("quarantine", "refile", held(s), "--to",
                                                         s.hospital.foreign_patient),
        ("quarantine.refiled",), "the other patient's"),
    Row("phiward quarantine discard", lambda s: s.command("quarantine", "discard", held(s)),
        ("quarantine.discarded",), "nobody's"),
    Row("phiward document delete", lambda s: s.command(
        "document", "delete", s.command("document", "list", s.hospital.patient)[0]["id"], "--reason", "duplicate"),
        ("document.deleted",), "with its code"),
    Row("phiward corpus add", lambda s: s.command("corpus", "add", "guidelines", s.file("g.txt", "Give oxygen.")),
        ("corpus.added",), "a text without PHI"),
    Row("phiward corpus remove", lambda s: s.command("corpus", "remove", "guidelines"), ("corpus.removed",), "gone"),
)  # fmt: skip
KEEPING = (
    Row("phiward audit prove", lambda s: [s.chat(), s.command(
        "audit", "prove", s.made["interaction"], "--out", str(s.hospital.folder / f"{uuid4().hex}.tlog-proof"))],
        ("intent", "outcome", "audit.proved", "audit.proved"), "evidence of both entries"),
    Row("phiward audit export", lambda s: s.command(
        "audit", "export", "--tiles", str(s.hospital.folder / f"tiles-{uuid4().hex}")),
        ("audit.exported",), "the one shard that there is"),
    Row("phiward retention hold add", lambda s: keep(s, "hold", s.command(
        "retention", "hold", "add", "--patient", s.hospital.patient, "--reason", "litigation")["id"]),
        ("hold.placed",), "a legal hold"),
    Row("phiward retention destroy patient", lambda s: s.command(
        "retention", "destroy", "patient", s.hospital.patient, "--reason", "court_order", "--yes", code=2),
        ("destruction.refused",), "a hold refuses, whoever asks"),
    Row("phiward retention hold lift", lambda s: s.command(
        "retention", "hold", "lift", s.made["hold"], "--reason", "closed"), ("hold.lifted",), "the case is over"),
)  # fmt: skip


def api(method: str, path: str, body: Any, events: tuple[str, ...], because: str, **more: Any) -> Row:
    """A row of the admin API; `{name}` in the path is what an earlier row made, `{name}` in a body as well."""
    status = more.get("status", 201 if method == "POST" else 204)
    name = more.get("keeps")

    def act(scene: Scene) -> None:
        known = {**scene.made, "officer": scene.person("officer"), "helper": scene.person("helper"),
                 "doctor": scene.person("physician-a"), "reference": scene.hospital.patient}  # fmt: skip
        said = {key: value.format(**known) if isinstance(value, str) else value for key, value in (body or {}).items()}
        made = scene.admin(method, path.format(**known), said or None, who=more.get("who", "officer"), status=status)
        if name:
            keep(scene, name, made["id"])
        if name == "service" and made.get("token"):
            keep(scene, "directory", made["token"])

    return Row(f"{method} /admin/v1{more.get('of', path)}", act, events, because)


ADMIN = (
    api("POST", "/people", {"login": "clerk", "roles": ["billing"]}, ("person.added",), "new", who="root",
        keeps="person"),
    api("PUT", "/people/{person}/links", {"email": "c@clinic.example", "own_record": "{reference}"},
        ("person.email_set", "person.own_record_set"), "two links", who="root"),
    api("PUT", "/people/{person}/roles", {"roles": ["nurse"]}, ("roles.changed",), "exactly these", who="root",
        status=200),
    api("POST", "/people/{person}/keys", {"label": "laptop", "days": 1}, ("key.issued",), "new", who="root",
        keeps="pk"),
    api("DELETE", "/people/{person}/keys/{pk}", None, ("key.revoked",), "ended", who="root",
        of="/people/{person}/keys/{key}"),
    api("DELETE", "/people/{person}/sessions", None, ("sessions.ended",), "out everywhere", who="root", status=200),
    api("DELETE", "/people/{person}", None, ("person.deactivated",), "for good", who="root"),
    api("POST", "/people", {"login": "x", "roles": ["nurse"]}, ("act.refused",), "not a privacy officer's", status=403),
    api("POST", "/relations", {"person": "{doctor}", "patient": "{reference}"}, ("relation.added",), "entered",
        keeps="rel"),
    api("DELETE", "/relations/{rel}", None, ("relation.ended",), "over", of="/relations/{relation}"),
    api("POST", "/units", {"name": "Ward 9", "kind": "panel"}, ("unit.added",), "new", keeps="unit"),
    api("POST", "/units/{unit}/members", {"person": "{helper}"}, ("unit.member_added",), "in", keeps="mem"),
    api("DELETE", "/units/{unit}/members/{mem}", None, ("unit.member_ended",), "out",
        of="/units/{unit}/members/{member}"),
    api("POST", "/units/{unit}/patients", {"patient": "{reference}"}, ("unit.patient_added",), "in", keeps="bed"),
    api("DELETE", "/units/{unit}/patients/{bed}", None, ("unit.patient_ended",), "out",
        of="/units/{unit}/patients/{place}"),
    api("POST", "/covers", {"person": "{helper}", "covers": "{doctor}", "ends_at": LATER}, ("cover.added",),
        "stands in", keeps="cov"),
    api("DELETE", "/covers/{cov}", None, ("cover.ended",), "no more", of="/covers/{cover}"),
    api("POST", "/grants", {"kind": "manual", "person": "{helper}", "patient": "{reference}", "basis": "consult",
                            "reason": "second opinion", "ends_at": LATER}, ("grant.added",), "approved", keeps="gr"),
    api("DELETE", "/grants/{gr}", None, ("grant.revoked",), "ended", of="/grants/{grant}"),
    api("POST", "/consents", {"patient": "{reference}", "data_class": "part2", "purpose": "TREAT", "ends_at": LATER},
        ("consent.added",), "given", keeps="con"),
    api("DELETE", "/consents/{con}", None, ("consent.revoked",), "taken back", of="/consents/{consent}"),
    api("PUT", "/restricted", {"patient": "{reference}", "restricted": False}, ("patient.unrestricted",), "the flag",
        status=200),
    api("POST", "/access-report", {"patient": "{reference}"}, ("access.reported",), "who may see", status=200),
    api("POST", "/services", {"client_id": "directory", "name": "Directory", "kind": "directory"}, ("service.added",),
        "with a token of ours", who="root", keeps="service"),
)  # fmt: skip
USER = {"userName": "from-directory", "active": True}
DIRECTORY = (
    Row("POST /scim/v2/Users", lambda s: keep(s, "scim", scim(s, "POST", "/Users", 201, USER)["id"]),
        ("directory.person_added",), "new"),
    Row("PUT /scim/v2/Users/{person}", lambda s: scim(s, "PUT", f"/Users/{s.made['scim']}", 200, USER),
        ("directory.person_changed",), "as the directory says"),
    Row("PATCH /scim/v2/Users/{person}", lambda s: s.ask(
        "PATCH", f"/scim/v2/Users/{s.made['scim']}", key=s.made["directory"], status=200, json={
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": False}]}), ("directory.person_changed",),
        "inactive"),
    Row("DELETE /scim/v2/Users/{person}", lambda s: scim(s, "DELETE", f"/Users/{s.made['scim']}", 204),
        ("directory.person_changed",), "never deleted: inactive"),
    api("DELETE", "/services/{service}", None, ("service.deactivated",), "shut out", who="root"),
)  # fmt: skip
ROWS = (*QUESTIONS, *EMERGENCY, *READINGS, *PEOPLE, *VENDORS, *CHARTS, *KEEPING, *ADMIN, *DIRECTORY)
