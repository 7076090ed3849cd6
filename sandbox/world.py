"""Everything one running sandbox holds."""

from __future__ import annotations

from dataclasses import dataclass

from .account import Account
from .call import Desk
from .counts import CallCounts
from .faults import Faults
from .hooks.delivery import Deliveries
from .limits import Limits
from .seeding import seed
from .store import Store
from .times import Clock


@dataclass(frozen=True)
class Settings:
    """What the command line decides. `quick_export` stops the incremental export from withholding the last minute."""

    client_id: str = "deskward"
    client_secret: str = "sandbox-secret"
    quick_export: bool = False


class World:
    """The store, the clock and the moving parts. Nothing here is global: two sandboxes can live in one process."""

    def __init__(self, store: Store, clock: Clock, settings: Settings) -> None:
        self.store = store
        self.clock = clock
        self.settings = settings
        self.calls = CallCounts()
        self.limits = Limits()
        self.faults = Faults()
        self.deliveries = Deliveries(store, clock, self.faults)

    def desk(self, name: str) -> Desk:
        """The account `name` ready for work, filled at first use with what every new account has."""
        desk = Desk(self.store.account(name), self.clock())
        if not desk.account.all("users"):
            seed(desk, self.settings.client_id, self.settings.client_secret)
        return desk

    def account(self, name: str) -> Account:
        return self.desk(name).account

    def resume(self) -> None:
        """Send what an earlier run stored and did not get to send."""
        with self.store.change():
            pending = [
                (account.name, row["id"])
                for account in self.store.accounts()
                for row in account.all("invocations")
                if row["status"] == "pending"
            ]
        for name, invocation_id in pending:
            self.deliveries.send(name, [invocation_id])
