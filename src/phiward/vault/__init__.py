"""Keys and sealing: root key → key-encryption key of (tenant, class) → data key of a patient → message key.

What is sealed opens only for the same tenant, class, patient, record and name, and only while the
patient's data key exists; destroying that key destroys every copy of the data (promise 9).
"""
