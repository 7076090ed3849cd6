"""Business rules: triggers, their conditions, actions and placeholders."""
