"""From the door to the review, with a real browser and the real identity provider: sign in, confirm, break the glass.

Chromium through the code flow, the served gateway, a mail sink; the model's server alone is scripted.
"""

import json
import os
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.adapters.alert_sinks import MailSink, mail_sink
from tests.provider.harness import AUDIENCE, SECRET, STRONG, TestProvider, provider_modules
from tests.system.harness import Hospital, patient_of
from tests.system.upstream import Upstream, echo, event

__all__ = ["provider_modules"]
CHROMIUM = os.environ.get("PHIWARD_TEST_CHROMIUM") or shutil.which("chromium")


@dataclass
class Signed:
    """A hospital with sign-in, and what stands around it."""

    hospital: Hospital
    provider: TestProvider
    mail: MailSink
    origin: str


@pytest.fixture(scope="module")
def signed(provider_modules: Any) -> Iterator[Signed]:
    """Served with single sign-on; a physician and an officer are linked to accounts of the provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://localhost:{port}"
    provider = TestProvider(provider_modules, redirect_uris=[f"{origin}/login/callback"])
    with mail_sink() as mail:
        provider.start()
        hospital = Hospital(
            environment={
                "PHIWARD_PUBLIC_URL": origin,
                "PHIWARD_OIDC_ISSUER": provider.issuer,
                "PHIWARD_OIDC_CLIENT_ID": "phiward-console",
                "PHIWARD_OIDC_AUDIENCE": AUDIENCE,
                "PHIWARD_STEP_UP_ACR": json.dumps([STRONG]),
                "PHIWARD_SMTP_URL": f"smtp://127.0.0.1:{mail.server.port}",
            }
        )
        secret = hospital.folder / "secrets" / "client-secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        hospital.environment["PHIWARD_OIDC_CLIENT_SECRET_FILE"] = str(secret)
        hospital.port = port
        for login, subject, email in (("physician-a", "alice", None), ("officer", "bob", "officer@clinic.example")):
            words = ["user", "link", login, "--issuer", provider.issuer, "--subject", subject]
            hospital.command(*words, *(["--email", email] if email else []))
        try:
            hospital.start()
            yield Signed(hospital, provider, mail, origin)
        finally:
            hospital.close()
            provider.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser; CI must have one."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI must test with a real browser (Debian package chromium)")
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def sign_in(page: Page, signed: Signed, login: str = "alice") -> str:
    """Through the door and the provider's form; the session token that the browser then holds."""
    page.goto(f"{signed.origin}/login")
    page.get_by_role("button", name="Continue with hospital sign-in").click()
    page.get_by_label("Login").fill(login)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{signed.origin}/patients")
    return token_of(page)


def token_of(page: Page) -> str:
    """The session token; script on the page could not read it."""
    assert page.evaluate("document.cookie") == ""
    (found,) = [one for one in page.context.cookies() if one["name"] == "__Host-phiward"]
    assert found["secure"] is True
    assert found["httpOnly"] is True
    return str(found["value"])


def confirm(page: Page, signed: Signed, login: str = "alice") -> str:
    """A step-up with the second factor: the session's new token."""
    page.goto(f"{signed.origin}/step-up?for=emergency")
    assert page.get_by_text("reviews every use").is_visible()
    page.get_by_role("button", name="Continue with hospital sign-in").click()
    page.get_by_label("Login").fill(login)
    page.get_by_label("Code").fill("123456")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{signed.origin}/patients")
    return token_of(page)


def api(signed: Signed, method: str, path: str, token: str, **more: Any) -> httpx2.Response:
    """A request by an application of hers."""
    headers = {"authorization": f"Bearer {token}", **more.pop("headers", {})}
    return httpx2.request(method, f"{signed.origin}{path}", headers=headers, timeout=60, **more)


def ask(signed: Signed, token: str, purpose: str, **more: Any) -> httpx2.Response:
    """A question about the patient whom she does not treat."""
    headers = {"X-Phiward-Patient": signed.hospital.foreign_patient, "X-Phiward-Purpose": purpose}
    body = {"model": "stub", "messages": [{"role": "user", "content": "dose?"}], **more}
    return api(signed, "POST", "/v1/chat/completions", token, json=body, headers=headers)


def test_whoever_the_provider_does_not_know_here_stays_outside(signed: Signed, chromium: Browser) -> None:
    """The page says so, and no session is set."""
    signed.hospital.command("user", "link", "officer", "--issuer", signed.provider.issuer, "--subject", "somebody-else")
    try:
        page = chromium.new_context().new_page()
        page.goto(f"{signed.origin}/login")
        page.get_by_role("button", name="Continue with hospital sign-in").click()
        page.get_by_label("Login").fill("bob")
        page.get_by_role("button", name="Log in").click()
        assert page.get_by_text("Nobody here is linked").is_visible()
        assert [one["name"] for one in page.context.cookies(signed.origin) if one["name"] == "__Host-phiward"] == []
    finally:
        signed.hospital.command("user", "link", "officer", "--issuer", signed.provider.issuer, "--subject", "bob")


def test_a_clinician_signs_in_breaks_the_glass_and_is_reviewed(signed: Signed, chromium: Browser) -> None:
    """The whole way; each step is refused before its time."""
    page = chromium.new_context().new_page()
    token = sign_in(page, signed)
    assert page.get_by_role("heading", name="Ask about a patient").is_visible()
    assert page.evaluate("fetch('/session').then(answer => answer.json())")["state"] == "open"
    born = patient_of(signed.hospital.foreign_bundle)["birthDate"]
    wanted = {"patient": signed.hospital.foreign_patient, "reason": "threat_to_life", "birth_date": born}

    assert ask(signed, token, "TREAT").status_code == 404
    assert api(signed, "POST", "/v1/emergency-access", token, json=wanted).json()["error"]["rule"] == "step_up"
    assert api(signed, "POST", "/v1/emergency-access", signed.hospital.physician, json=wanted).status_code == 403

    strong = confirm(page, signed)
    assert strong != token
    assert api(signed, "GET", "/v1/models", token).status_code == 401
    wrong = {**wanted, "birth_date": "1901-01-01"}
    assert api(signed, "POST", "/v1/emergency-access", strong, json=wrong).status_code == 404
    begun = time.monotonic()
    opened = api(signed, "POST", "/v1/emergency-access", strong, json=wanted)
    assert opened.status_code == 201, opened.text
    answer = ask(signed, strong, "ETREAT")
    assert answer.status_code == 200, answer.text
    glass = answer.json()["phiward"]["break_glass"]
    assert glass["grant"] == opened.json()["id"]
    assert 0 < glass["seconds_left"] <= 3_600
    assert ask(signed, strong, "TREAT").status_code == 403
    streamed = ask(signed, strong, "ETREAT", stream=True)
    first = next(line for line in streamed.text.splitlines() if line.startswith("data: "))
    assert json.loads(first[6:])["phiward"]["break_glass"]["grant"] == opened.json()["id"]

    while not signed.mail.mails and time.monotonic() - begun < 60:
        time.sleep(0.2)
    assert signed.mail.recipients == ["officer@clinic.example"]
    text = str(signed.mail.mails[0])
    for phi in (signed.hospital.foreign_patient, born):
        assert phi not in text

    assert api(signed, "DELETE", f"/v1/emergency-access/{opened.json()['id']}", strong).status_code == 204
    assert ask(signed, strong, "ETREAT").status_code == 404
    shown = signed.hospital.command("review", "show", opened.json()["id"])
    assert len(shown["seen"]) >= 2
    read = signed.hospital.command("review", "show", opened.json()["id"], "--texts")["texts"]
    assert {one["name"] for one in read} == {"sent", "received"}
    assert any("dose?" in one["text"] for one in read)
    assert "emergency.texts_read" in json.dumps(signed.hospital.entries())
    words = ("review", "decide", opened.json()["id"], "appropriate")
    decided = signed.hospital.command(*words, "--as", "officer", "--note", "It was right.")
    assert decided["incident"] is None


def test_signing_out_cuts_a_running_stream(signed: Signed, chromium: Browser) -> None:
    """In the browser; the application's stream ends with an error and without `[DONE]`."""
    page = chromium.new_context().new_page()
    token = sign_in(page, signed)

    def endlessly(body: dict[str, Any]) -> Iterator[bytes]:
        for number in range(200):
            yield event({"content": f"piece {number} of the answer. "})
            time.sleep(0.05)
        yield event({}, "stop")
        yield b"data: [DONE]\n\n"

    upstream: Upstream = signed.hospital.upstream
    upstream.script = endlessly
    headers = {"authorization": f"Bearer {token}", **signed.hospital.context()}
    body = {"model": "stub", "messages": [{"role": "user", "content": "dose?"}], "stream": True}
    got, out_at, cut_at = "", 0.0, 0.0
    try:
        with httpx2.stream(
            "POST", f"{signed.origin}/v1/chat/completions", json=body, headers=headers, timeout=60
        ) as answer:
            for piece in answer.iter_text():
                got += piece
                if not out_at and "piece 3" in got:
                    page.get_by_role("button", name="Sign out", exact=True).click()
                    page.wait_for_url("**/login?because=out")
                    out_at = time.monotonic()
            cut_at = time.monotonic()
    finally:
        upstream.script = echo
    assert "[DONE]" not in got
    assert "credential_ended" in got
    assert cut_at - out_at < 5
    assert page.get_by_text("You are signed out").is_visible()
