"""Entitlement: may this person ask, on this channel, and whose promise applies? One walk through eight checks."""

from integration.domain.entitlement.case import Check, Entitlement
from integration.domain.entitlement.walk import decide

__all__ = ["Check", "Entitlement", "decide"]
