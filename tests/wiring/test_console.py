"""What the pages are given; all of it runs in tests/console/stories."""

from collections.abc import Sequence
from typing import cast

import pytest

from phiward.domain.text import Secret
from phiward.flow.journey import Flow
from phiward.wiring.console import ModelNames


class FlowTwin:
    """Three models."""

    async def models(self, credential: Secret) -> Sequence[str]:
        """By name."""
        return ("a", "b", "c")


@pytest.mark.parametrize(("usual", "names"), [("", ("a", "b", "c")), ("b", ("b", "a", "c")), ("gone", ("a", "b", "c"))])
async def test_the_usual_model_comes_first_where_there_is_it(usual: str, names: tuple[str, ...]) -> None:
    """A setting that names none changes nothing."""
    assert await ModelNames(cast(Flow, FlowTwin()), usual).models(Secret("phs_x")) == names
