"""A small invented hospital: patients, staff and notes for demonstrations, tests and measurements.

Nobody in it lives. The same seed gives the same bytes; only the standard library is used.
"""

from phiward.records.synthetic.hospital import Hospital, hospital

__all__ = ["Hospital", "hospital"]
