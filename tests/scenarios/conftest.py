"""The fixtures of the stories."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.gate import Gate
from tests.scenarios.town import Town, settle_in

CONTRACTS = """\
reference,organization,plan,status,start,end,purchased,source,product,domains,addresses,prerequisite_met,renews,contacts
MM-1,Acme,mattermost/premier,active,2026-01-01,2027-12-31,,sales,,acme.example,,,,ana@acme.example;ben@acme.example;cy@acme.example
MM-2,Globex,mattermost/enterprise,active,2026-01-01,2027-12-31,,sales,,globex.example,,,,
RC-1,Hooli,rocketchat/plus,active,2026-01-01,2027-12-31,,sales,Cloud Enterprise,hooli.example,,,,pia@hooli.example
RS-1,Initech,rockstor/incident,active,2026-02-01,,2026-02-01,,,initech.example,,yes,,
"""


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    """A running installation with four customers, on each kind of database."""
    town, leave = settle_in(database_url, CONTRACTS)
    yield town
    leave()


@pytest.fixture
def gate() -> Iterator[Gate]:
    """What stands between Deskward and Zendesk in `guarded`, open at first."""
    gate = Gate()
    yield gate
    gate.stop()


@pytest.fixture
def guarded(database_url: str, gate: Gate) -> Iterator[Town]:
    """The same town, with the gate on its way to Zendesk."""
    town, leave = settle_in(database_url, CONTRACTS, in_front=gate)
    yield town
    leave()
