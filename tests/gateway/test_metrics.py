"""Metrics count; they never name a person, a patient or a text."""

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from phiward.gateway.metrics import Metrics

ALLOWED_LABELS = {"route", "status", "code", "destination_class", "le"}


def test_no_series_has_a_label_that_could_hold_phi() -> None:
    """Labels are routes, statuses, codes and classes."""
    metrics = Metrics()
    metrics.requests.labels("chat", "200").inc()
    metrics.refusals.labels("no_baa").inc()
    metrics.released.labels("baa").inc()
    metrics.seconds.labels("chat").observe(0.1)
    used = {label for family in metrics.registry.collect() for sample in family.samples for label in sample.labels}
    assert used <= ALLOWED_LABELS


def test_the_page_is_prometheus_text() -> None:
    """A scraper reads it."""
    metrics = Metrics()
    metrics.refusals.labels("no_baa").inc()
    app = Starlette(routes=[Route("/metrics", metrics.__call__)])
    page = TestClient(app).get("/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'phiward_refusals_total{code="no_baa"} 1.0' in page.text


def test_two_processes_in_one_do_not_share_counters() -> None:
    """Each has a registry of its own; nothing global is touched."""
    first, second = Metrics(), Metrics()
    first.withheld.inc()
    assert second.registry.get_sample_value("phiward_withheld_total") == 0.0
