"""Groups, brands, ticket forms and organization fields."""

from __future__ import annotations

from ..routes import Routes
from ..shapes import brand, group, organization_field, ticket_form
from .simple import changing, creating, reading

routes = Routes()

reading(routes, "groups", "group")
creating(routes, "groups", "group", group)
changing(routes, "groups", "group", ("name", "description", "is_public"))

reading(routes, "brands", "brand")
creating(routes, "brands", "brand", brand)

reading(routes, "ticket_forms", "ticket_form")
creating(routes, "ticket_forms", "ticket_form", ticket_form)
changing(
    routes,
    "ticket_forms",
    "ticket_form",
    ("name", "display_name", "active", "end_user_visible", "position", "ticket_field_ids", "restricted_brand_ids"),
)

reading(routes, "organization_fields", "organization_field")
creating(routes, "organization_fields", "organization_field", organization_field)
changing(routes, "organization_fields", "organization_field", ("title", "description", "active", "position"))
