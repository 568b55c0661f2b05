"""Prometheus metrics. Labels are routes, statuses, codes and classes: never a person, never PHI."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one process, in a registry of its own."""

    def __init__(self) -> None:
        """Create every series; nothing global is touched."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "phiward_requests_total", "Requests by route and status.", ["route", "status"], registry=self.registry
        )
        self.refusals = Counter(
            "phiward_refusals_total", "Refused or failed requests by error code.", ["code"], registry=self.registry
        )
        self.released = Counter(
            "phiward_answers_total", "Answers by destination class.", ["destination_class"], registry=self.registry
        )
        self.withheld = Counter("phiward_withheld_total", "Withheld passages.", registry=self.registry)
        self.masked = Counter("phiward_masked_total", "Placeholders left masked.", registry=self.registry)
        self.seconds = Histogram(
            "phiward_request_seconds", "Time to the end of the answer, in seconds.", ["route"], registry=self.registry
        )
        self.streams = Gauge("phiward_open_streams", "Streams that are open now.", registry=self.registry)

    async def __call__(self, request: Request) -> Response:
        """`GET /metrics`."""
        return Response(generate_latest(self.registry), headers={"content-type": CONTENT_TYPE})
