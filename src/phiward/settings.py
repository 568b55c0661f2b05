"""The settings, and the only reader of the environment.

Every field is an environment variable `PHIWARD_…`. Nothing secret has a default: keys and
passwords live in 0600 files under `secrets_dir`, which must not lie inside `data_dir`.
"""

import os
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from phiward.domain.errors import ConfigurationError
from phiward.retention.schedule import Schedule


def _base() -> Path:
    root = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "share"
    return root / "phiward"


class Settings(BaseSettings):
    """One installation. Times are in seconds, sizes in bytes unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="PHIWARD_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=lambda: _base() / "data", description="Folder of the embedded database. Backed up as a whole."
    )
    secrets_dir: Path = Field(
        default_factory=lambda: _base() / "secrets",
        description="Folder (0700) of the root key, wrapped keys, signing key and database passwords. "
        "Never inside data_dir, never in its backups.",
    )
    anchor_dir: Path = Field(
        default_factory=lambda: _base() / "anchors",
        description="Folder to which signed checkpoints of the audit log are appended, outside the database.",
    )
    anchor_s3: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9/._-]*)?$",
        description="s3://BUCKET/PREFIX with Object Lock, to which checkpoints go in COMPLIANCE mode. Needs the extra "
        "`s3`; credentials come by boto3's own chain, never by a setting. Empty: no such anchor.",
    )
    anchor_s3_endpoint: str | None = Field(
        default=None, description="Another S3 than Amazon's, http(s)://host[:port], for PHIWARD_ANCHOR_S3."
    )
    anchor_s3_region: str | None = Field(default=None, description="The region of PHIWARD_ANCHOR_S3, e.g. us-east-1.")
    anchor_s3_years: int = Field(
        default=7,
        ge=1,
        le=100,
        description="Years for which nobody can delete a checkpoint from PHIWARD_ANCHOR_S3, not even its owner.",
    )
    anchor_s3_seconds: float = Field(
        default=300.0,
        ge=1,
        description="Seconds between two checkpoints to PHIWARD_ANCHOR_S3: what came since the last could be cut "
        "without that anchor seeing it.",
    )
    anchor_tsa_url: str | None = Field(
        default=None,
        description="Address of a time-stamp authority (RFC 3161) that stamps checkpoints; it sees a digest. Empty: "
        "none.",
    )
    anchor_tsa_certificates: Path | None = Field(
        default=None,
        description="PEM file with the root certificates, and intermediate ones, that PHIWARD_ANCHOR_TSA_URL is held "
        "to.",
    )
    anchor_witnesses: dict[str, str] = Field(
        default={},
        description="Witnesses (C2SP tlog-witness) by address, each with its public key, as JSON: "
        '{"https://witness.example.org": "witness.example.org+1a2b3c4d+BG…"}.',
    )
    anchor_witness_seconds: float = Field(
        default=60.0, ge=1, description="Seconds between two checkpoints to each witness."
    )
    anchor_tsa_seconds: float = Field(default=3600.0, ge=1, description="Seconds between two time stamps.")
    audit_name: str = Field(
        default="phiward.local/audit",
        pattern=r"^[a-z0-9.-]+(/[a-z0-9._-]+)*$",
        description="The name of this installation's audit log in its checkpoints, like an address without a scheme. "
        "A witness that serves several installations tells them apart by it.",
    )
    audit_shard: Literal["year", "quarter", "month"] = Field(
        default="year", description="How long a part of the audit log is: the unit that can be destroyed as a whole."
    )
    audit_verify_hours: float = Field(
        default=24.0, gt=0, description="The gateway verifies the whole audit log once in so many hours."
    )
    signer_socket: Path | None = Field(
        default=None,
        description="Unix socket of `phiward signer serve`, which signs the audit log's checkpoints under another "
        "user. Empty: the gateway signs with a key in secrets_dir.",
    )
    signer_public_key: str | None = Field(
        default=None,
        description="The signer's public key, as `phiward signer key` prints it. Never taken from the socket.",
    )
    retention_years: dict[str, int] = Field(
        default={},
        description='Years for which each class is kept, as JSON: {"clinical": 10}; the classes are audit, texts, '
        "clinical, reviews, access and alerts. Seven where nothing is set, never below six (45 CFR 164.316(b)(2)(i)); "
        "reviews at least as long as audit and texts.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="An external PostgreSQL 15 or newer, postgresql://[admin[:password]@]host[:port]/database. "
        "Only `phiward migrate` uses the administrator in it. Empty: the embedded database.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on. Not loopback: a certificate is demanded.")
    port: int = Field(default=8400, ge=0, le=65535, description="TCP port of the gateway; 0 takes a free one.")
    tls_certificate: Path | None = Field(default=None, description="PEM certificate chain. TLS 1.3 only.")
    tls_key: Path | None = Field(default=None, description="PEM private key of the certificate.")
    organisation: str = Field(default="default", description="The organisation (tenant) that the commands work for.")
    max_body_bytes: int = Field(default=4_194_304, ge=1024, description="Largest request body, in bytes.")
    upstream_timeout: float = Field(
        default=120.0,
        gt=0,
        description="Longest silence of a model's server, in seconds, before the answer is given up.",
    )
    context_characters: int = Field(
        default=12_000, ge=0, description="Most characters of retrieved passages that go into a prompt."
    )
    context_passages: int = Field(default=12, ge=1, le=100, description="Most retrieved passages of one answer.")
    embedding_model: str = Field(
        default="local",
        description="`local`: the model on this machine. Otherwise a model name of the vendor book, served by an "
        "OpenAI-compatible /v1/embeddings under the same agreements as any other text.",
    )
    embedding_threads: int = Field(default=1, ge=1, le=64, description="Processor threads of the local model.")
    unsupported: Literal["mark", "drop"] = Field(
        default="mark",
        description="What becomes of a sentence of an answer that its sources do not support: marked, or left out.",
    )
    calibration_file: Path | None = Field(
        default=None,
        description='Local calibration of answers, as `phiward calibrate` writes it. Empty: "not calibrated".',
    )
    console_model: str = Field(
        default="", description="The model that the console offers first. Empty: the first of the vendor book by name."
    )
    tools_file: Path | None = Field(
        default=None,
        description="JSON file that registers the tools of applications: what each does, and for whom. A tool that is "
        "not in it is taken to send.",
    )
    link_hosts: tuple[str, ...] = Field(
        default=(),
        description='Hosts that links in answers may lead to, as JSON: ["ehr.example.org"]. Others are text.',
    )
    corpora_url: str | None = Field(
        default=None,
        description="Engine of the corpora without PHI: qdrant+http(s)://host:port, milvus+http(s)://host:port or "
        "milvus+file:PATH. Empty: pgvector in the same database.",
    )
    corpora_key_file: Path | None = Field(default=None, description="File (0600) with the engine's API key.")
    database_connections: int = Field(default=8, ge=2, description="Connections of one gateway process.")
    worker_dead_seconds: float = Field(
        default=60.0, gt=0, description="A gateway process silent for this long, in seconds, is taken for dead."
    )
    public_url: str | None = Field(
        default=None,
        description="The address by which browsers and directories reach phiward, without a slash at its end. "
        "Empty: http://localhost and the port.",
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="The identity provider's issuer. Empty: nobody signs in by browser and no access token is let in; "
        "personal keys work.",
    )
    oidc_client_id: str = Field(default="phiward", description="phiward's client id at the identity provider.")
    oidc_client_secret_file: Path | None = Field(
        default=None, description="File (0600) with phiward's client secret. Empty: a public client with PKCE."
    )
    oidc_audience: str = Field(
        default="phiward", description="The audience that access tokens for the API must name, exactly."
    )
    oidc_algorithms: tuple[str, ...] = Field(
        default=("RS256", "PS256", "ES256", "EdDSA"),
        description="Signature algorithms of the provider that are accepted.",
    )
    step_up_acr: tuple[str, ...] = Field(
        default=("phr", "phrh", "mfa"),
        description="Authentication classes (acr) of the provider that are strong enough for a step-up.",
    )
    session_idle_minutes: float = Field(
        default=15,
        gt=0,
        le=1440,
        description="Minutes without use that end a session. Streaming and polling are no use.",
    )
    session_hours: float = Field(
        default=8, gt=0, le=24, description="Hours after which a session ends, whatever happens."
    )
    session_limits: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        description='Other limits by role, as JSON: {"physician": [30, 12]} for minutes idle and hours in all. '
        "The strictest of a person's roles holds.",
    )
    policy_dir: Path | None = Field(
        default=None,
        description="Folder with the organisation's own Cedar policies (*.cedar), read after the shipped ones.",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Where alerts are mailed: smtp://[user:password@]host[:port]. Off loopback with STARTTLS.",
    )
    alert_sender: str = Field(default="phiward@localhost", description="From address of alert mails.")
    alert_webhook: str | None = Field(default=None, description="Address to which alerts are posted as JSON as well.")
    alert_webhook_key_file: Path | None = Field(
        default=None, description="File (0600) with the key that signs what is posted to PHIWARD_ALERT_WEBHOOK."
    )
    timezone: str = Field(
        default="UTC", description="The organisation's time zone, for working days, e.g. America/Chicago."
    )
    holidays: tuple[date, ...] = Field(
        default=(), description='Days that are no working days, as JSON: ["2026-12-25"]. Weekends never are.'
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR. No level ever logs PHI.")

    @property
    def origin(self) -> str:
        """The address that browsers see, without a slash at its end."""
        scheme = "http" if self.tls_certificate is None else "https"
        return (self.public_url or f"{scheme}://localhost:{self.port}").rstrip("/")

    @property
    def root_key_file(self) -> Path:
        """32 random bytes, 0600."""
        return self.secrets_dir / "root.key"

    @property
    def key_store_file(self) -> Path:
        """SQLite file of wrapped keys; never rewound with the data."""
        return self.secrets_dir / "keys.sqlite"

    @property
    def signing_key_file(self) -> Path:
        """Ed25519 key that signs the checkpoints of the audit log."""
        return self.secrets_dir / "audit-signing.key"

    @property
    def database_credentials_file(self) -> Path:
        """Passwords of the database roles."""
        return self.secrets_dir / "database.json"

    def refuse_contradictions(self) -> None:
        """Raise ConfigurationError naming the first setting that cannot stand."""
        data, secrets = self.data_dir.resolve(), self.secrets_dir.resolve()
        if secrets == data or data in secrets.parents:
            raise ConfigurationError("PHIWARD_SECRETS_DIR lies inside PHIWARD_DATA_DIR; keys must stand apart.")
        Schedule.of(self.retention_years)
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigurationError("PHIWARD_TLS_CERTIFICATE and PHIWARD_TLS_KEY must be set together.")
        if (self.anchor_tsa_url is None) != (self.anchor_tsa_certificates is None):
            raise ConfigurationError("PHIWARD_ANCHOR_TSA_URL and PHIWARD_ANCHOR_TSA_CERTIFICATES must be set together.")
        for name, url in (
            ("PHIWARD_ANCHOR_S3_ENDPOINT", self.anchor_s3_endpoint),
            ("PHIWARD_ANCHOR_TSA_URL", self.anchor_tsa_url),
        ):
            if url is not None and not is_plain_address(url):
                raise ConfigurationError(f"{name} must be http(s)://host[:port][/path], without a user or a password.")
        if (self.signer_socket is None) != (self.signer_public_key is None):
            raise ConfigurationError("PHIWARD_SIGNER_SOCKET and PHIWARD_SIGNER_PUBLIC_KEY must be set together.")
        if self.tls_certificate is None and not is_loopback(self.host):
            raise ConfigurationError(
                "PHIWARD_HOST is not a loopback address, so PHIWARD_TLS_CERTIFICATE and PHIWARD_TLS_KEY must be set."
            )


def surroundings() -> dict[str, str]:
    """What a child process of our own needs of the environment besides PHIWARD_ variables."""
    names = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR")
    return {name: os.environ[name] for name in names if name in os.environ}


def is_plain_address(url: str) -> bool:
    """Whether it is http or https, names a host, and carries no credentials: addresses are printed."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether an address is 127.0.0.0/8, ::1 or `localhost`. Names other than localhost are not."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
