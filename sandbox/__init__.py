"""A local Zendesk: a program of its own that answers as Zendesk would, for the demo, for tests and for fault injection.

It shares no code with Deskward itself, so that a misreading of Zendesk cannot hide in both at once.
"""
