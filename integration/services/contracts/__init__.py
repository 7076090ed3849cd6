"""Contracts as living data: imported from a file, pulled from Zendesk, shown with what a person should look at."""

from integration.services.contracts.importing import Imported, import_file
from integration.services.contracts.problem import ImportRefused, Problem
from integration.services.contracts.pulling import Pulled, pull
from integration.services.contracts.views import ContractView, all_contracts, as_json, versions, view_contracts

__all__ = [
    "ContractView",
    "ImportRefused",
    "Imported",
    "Problem",
    "Pulled",
    "all_contracts",
    "as_json",
    "import_file",
    "pull",
    "versions",
    "view_contracts",
]
