"""The shipped rules, in the order in which they run."""

from phiward.deid.rules.addresses import Addresses
from phiward.deid.rules.contacts import Contacts
from phiward.deid.rules.dates import NumericDates
from phiward.deid.rules.employers import Employers
from phiward.deid.rules.facilities import Facilities
from phiward.deid.rules.files import Files
from phiward.deid.rules.labelled import Labelled
from phiward.deid.rules.months import MonthDates
from phiward.deid.rules.network import Network
from phiward.deid.rules.numbers import Numbers
from phiward.deid.rules.people import People
from phiward.deid.rules.phones import Phones
from phiward.deid.rules.places import Places
from phiward.deid.rules.scanned import Scanned
from phiward.deid.rules.spelled import Spelled
from phiward.deid.rules.tables import Tables
from phiward.deid.spans import Detector


def rule_detectors() -> tuple[Detector, ...]:
    """One of each. Ages are missing here: they need the day of the request."""
    return (
        NumericDates(),
        MonthDates(),
        Phones(),
        Spelled(),
        Scanned(),
        Contacts(),
        Network(),
        Numbers(),
        Labelled(),
        Files(),
        Addresses(),
        Places(),
        People(),
        Facilities(),
        Employers(),
        Tables(),
    )
