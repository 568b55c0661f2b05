"""A real inference server that nobody here wrote, behind the gateway, in front of the real SDK."""

import pytest

from tests.system.harness import Hospital, name_of
from tests.upstreams.real import RealUpstream, real_upstream

__all__ = ["real_upstream"]


@pytest.mark.parametrize("stream", [True, False])
def test_a_real_model_answers_through_the_gateway_and_sees_no_identifier(
    hospital: Hospital, real_upstream: RealUpstream, stream: bool
) -> None:
    """Random weights say nothing; the way there and back is what is shown."""
    model = f"llama-{stream}"
    hospital.command(
        *("vendor", "add", model, "--vendor", "us", "--service", "llama", "--endpoint", real_upstream.url),
        *("--model", f"{model}={real_upstream.model}", "--self-hosted"),
    )
    given, family = name_of(hospital.made.bundles[0])
    answer = hospital.client().chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": f"Is {given} {family} well?"}],
        max_tokens=8,
        stream=stream,
        extra_headers=hospital.context(),
    )
    chunks = list(answer) if stream else [answer]
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")
    intent = [facts for kind, _, facts in hospital.entries() if kind == "intent"][-1]
    assert intent["facts"]["identifier_classes"]["PATIENT"] >= 1
    outcome = hospital.entries()[-1]
    assert outcome[0] == "outcome"
    assert outcome[2]["facts"]["outcome"] == "released"
