"""The resource types of FHIR R4."""

from phiward.records.fhir.types import RESOURCE_TYPES


def test_the_list_is_that_of_the_standard() -> None:
    """146 concrete types in R4 (4.0.1); abstract, later and misspelt ones are not in it."""
    assert len(RESOURCE_TYPES) == 146
    assert {"Patient", "VisionPrescription", "Account", "List"} <= RESOURCE_TYPES
    assert not {"patient", "SubscriptionTopic", "Ingredient", "Resource", ""} & RESOURCE_TYPES
