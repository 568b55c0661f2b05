"""FHIR R4 resources of the patient compartment to what they say: one Saying a resource."""
