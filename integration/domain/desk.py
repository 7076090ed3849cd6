"""What stands in the Zendesk account under which id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Desk:
    """Our custom fields by our name, forms and brands by id, groups by name."""

    fields: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[int, str] = field(default_factory=dict)
    brands: Mapping[int, str] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)
