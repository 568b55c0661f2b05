"""A reader says that an answer is wrong: why, as a code. Her words are sealed."""

from enum import StrEnum


class WrongAnswer(StrEnum):
    """What is wrong with it."""

    NOT_IN_SOURCE = "not_in_source"
    CONTRADICTS_SOURCE = "contradicts_source"
    LEFT_OUT = "left_out"
    WRONG_PATIENT = "wrong_patient"
    SHOWED_TOO_MUCH = "showed_too_much"
    OTHER = "other"
