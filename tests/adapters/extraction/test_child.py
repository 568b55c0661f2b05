"""The process that reads one document. Its end to end: test_sandbox."""

import subprocess
import sys

import pytest

from phiward.adapters.extraction.answer import Read, frame, unframe
from phiward.adapters.extraction.child import answer
from phiward.adapters.extraction.order import ExtractionLimits, Order
from phiward.adapters.extraction.reasons import Reason, Refused
from tests.adapters.extraction.made import docx, paragraph
from tests.house.places import SRC

ORDER = Order("pdf", ExtractionLimits(max_bytes=3))


def failing(error: BaseException) -> bytes:
    """The answer where the reader raises this."""

    def read(data: bytes, order: Order) -> Read:
        raise error

    return answer(read, b"", ORDER)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(Refused(Reason.ENCRYPTED), Reason.ENCRYPTED, id="a reason of its own"),
        pytest.param(MemoryError(), Reason.TOO_LARGE, id="no memory is left"),
        pytest.param(RecursionError(), Reason.BROKEN, id="nested without end"),
        pytest.param(KeyError("Zebedee Quillfeather"), Reason.BROKEN, id="a library stumbles over the document"),
    ],
)
def test_whatever_the_reader_raises_is_a_fixed_reason(error: BaseException, reason: Reason) -> None:
    """Its words stay behind."""
    with pytest.raises(Refused) as refused:
        unframe(failing(error))
    assert refused.value.reason is reason


def test_a_document_that_grew_is_refused() -> None:
    """The limit is asked again where the bytes are counted."""
    with pytest.raises(Refused, match="TOO_LARGE"):
        unframe(answer(lambda data, order: Read("a", "pdf"), b"four", ORDER))


def test_run_as_a_program_it_answers_on_its_output() -> None:
    """And says nothing else."""
    command = [sys.executable, "-m", "phiward.adapters.extraction.child", Order("word").argument()]
    given = docx(paragraph("K 4.1"))
    done = subprocess.run(command, input=given, capture_output=True, env={"PYTHONPATH": str(SRC)}, cwd="/", check=True)
    assert (done.stdout, done.stderr) == (frame(Read("K 4.1", "docx")), b"")
