"""All plan catalogues that are in force together, with their calendars solved and their versions known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from integration.domain.business_time import BusinessCalendar
from integration.domain.catalogue import Catalogue, Plan


class UnknownPlan(ValueError):
    """A plan id that no loaded catalogue carries; the message lists those that are."""


class UnknownCatalogue(ValueError):
    """A vendor that no loaded file describes; the message lists those that are."""


@dataclass(frozen=True)
class Rule:
    """One rule of the rule index: its id and its plain sentence, as shown under "because"."""

    id: str
    says: str


@dataclass(frozen=True)
class Book:
    """The catalogues by vendor. `versions` holds each file's content hash, recorded with every decision."""

    catalogues: Mapping[str, Catalogue]
    calendars: Mapping[str, Mapping[str, BusinessCalendar]]
    versions: Mapping[str, str]
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def catalogue(self, vendor: str) -> Catalogue:
        """The vendor's catalogue; UnknownCatalogue names the vendors there are."""
        try:
            return self.catalogues[vendor]
        except KeyError:
            known = ", ".join(sorted(self.catalogues))
            raise UnknownCatalogue(f'there is no catalogue "{vendor}"; there are: {known}') from None

    def of_plan(self, plan_id: str) -> tuple[Catalogue, Plan]:
        """The catalogue and plan behind "vendor/plan" (RL-11); UnknownPlan names the plans there are."""
        vendor, _, name = plan_id.partition("/")
        catalogue = self.catalogues.get(vendor)
        plan = catalogue.plans.get(name) if catalogue else None
        if catalogue is None or plan is None:
            raise UnknownPlan(f'there is no plan "{plan_id}"; there are: {", ".join(self.plan_ids())}')
        return catalogue, plan

    def title_of(self, plan_id: str) -> str:
        """The plan's name with its vendor, as people say it; UnknownPlan as for `of_plan`."""
        catalogue, plan = self.of_plan(plan_id)
        if catalogue.title.casefold() in plan.title.casefold():
            return plan.title
        return f"{catalogue.title} {plan.title}"

    def plan_ids(self) -> Iterator[str]:
        """Every plan id, vendor by vendor."""
        for vendor in sorted(self.catalogues):
            for name in self.catalogues[vendor].plans:
                yield f"{vendor}/{name}"

    def calendar(self, vendor: str, name: str) -> BusinessCalendar:
        """The solved calendar of one vendor."""
        return self.calendars[vendor][name]
