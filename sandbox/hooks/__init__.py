"""Outgoing webhooks: events, signatures, delivery."""
