"""A store asked by boto3: what it refused is told apart from what never got an answer.

What boto3 raises holds names and keys, so that only a status, a code of S3 and a kind are carried on.
"""

import re
from collections.abc import Callable
from typing import Any

_CODE = re.compile(r"[A-Za-z]{1,64}", re.ASCII)


class RefusedError(Exception):
    """The store said no: an HTTP status from 400 to 499, or 501, and the code of S3's error table, or ""."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"HTTP status {status}")
        self.status, self.code = status, code


class UnansweredError(Exception):
    """No usable answer: no connection, a time-out, a failure of the store's own. Its text is a kind or a status."""


def asked(act: Callable[..., Any], **words: Any) -> dict[str, Any]:
    """What a call of the client gives. Raises RefusedError and UnansweredError."""
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        answer: dict[str, Any] = act(**words)
    except ClientError as error:
        raise _told(error.response) from None
    except (BotoCoreError, OSError) as error:  # the latter while a body is read
        raise UnansweredError(type(error).__name__) from None
    return answer


def _told(response: Any) -> RefusedError | UnansweredError:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = str(response.get("Error", {}).get("Code", ""))
    if isinstance(status, int) and (400 <= status < 500 or status == 501):
        return RefusedError(status, code if _CODE.fullmatch(code) else "")
    return UnansweredError(f"HTTP status {status}")
