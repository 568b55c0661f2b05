"""FHIR R4 (https://hl7.org/fhir/R4/) resources to the frozen results of this room."""
