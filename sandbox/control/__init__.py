"""Endpoints that Zendesk does not have: playing the customer, set-up, faults and counters."""
