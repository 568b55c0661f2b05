"""A real time-stamp authority, `openssl ts`, behind a small HTTP server on loopback that can also misbehave."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256, sha512
accuracy = secs:1, millisecs:500
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Its folder holds `root.pem`, which it is to be held to. `answer` may be replaced to misbehave."""

    folder: Path
    answer: Callable[[bytes], tuple[int, bytes]] = field(init=False)
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answer = lambda query: (200, self.stamp(query))

    @property
    def root(self) -> Path:
        """PEM."""
        return self.folder / "root.pem"

    def stamp(self, query: bytes) -> bytes:
        """What `openssl ts -reply` says."""
        question, reply = self.folder / "query.tsq", self.folder / "reply.tsr"
        question.write_bytes(query)
        files = ("-signer", self.folder / "tsa.pem", "-inkey", self.folder / "tsa.key", "-chain", self.root)
        command = ["openssl", "ts", "-reply", "-config", self.folder / "ts.cnf", "-queryfile", question, *files]
        subprocess.run([*map(str, command), "-out", str(reply)], check=True, capture_output=True)
        return reply.read_bytes()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its address."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                authority.asked.append(query)
                status, body = authority.answer(query)
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # the client gave up

            def log_message(self, *_: object) -> None:
                """Nothing on the screen."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def make(folder: Path, *, ended: bool = False, usage: bool = True) -> Authority:
    """A root and an authority under it; `ended`: its certificate ran out yesterday; `usage`: it may stamp times."""
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root = _certificate("Root", root_key, "Root", root_key, ended=False, extensions=[(_authority(), True)])
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    extensions = [(stamping, True)] if usage else []
    own = _certificate("Authority", key, "Root", root_key, ended=ended, extensions=extensions)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (folder / "root.pem").write_bytes(root.public_bytes(pem))
    (folder / "tsa.pem").write_bytes(own.public_bytes(pem))
    (folder / "tsa.key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (folder / "serial").write_text("01\n", encoding="ascii")
    (folder / "ts.cnf").write_text(CONFIGURATION.format(folder=folder), encoding="ascii")
    return Authority(folder)


def _authority() -> x509.ExtensionType:
    return x509.BasicConstraints(ca=True, path_length=None)


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    *,
    ended: bool,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    subject, by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer))
    end = datetime.now(UTC) + timedelta(days=-1 if ended else 30)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=60))
        .not_valid_after(end)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())
