"""List, show, create, update and delete for the kinds of row that need nothing special."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..call import Answer, Call, Desk
from ..paging import listing
from ..routes import Routes
from ..shapes import visible
from ..table import Row

Build = Callable[[Desk, Row], Row]


def reading(routes: Routes, kind: str, singular: str) -> None:
    """Add list and show."""

    def every(call: Call) -> Row:
        return listing(call, kind, [visible(row) for row in call.account.all(kind)], kind)

    def show(call: Call, row_id: int) -> Row:
        return {singular: visible(call.row(kind, row_id))}

    routes.get(f"/{kind}")(every)
    routes.get(f"/{kind}/<int:row_id>")(show)


def creating(routes: Routes, kind: str, singular: str, build: Build) -> None:
    """Add create; `build` makes the row and refuses a bad one."""

    def create(call: Call) -> Answer:
        row = call.account.put(kind, build(call.desk, call.part(singular)))
        return Answer({singular: visible(row)}, 201, {"Location": row.get("url", "")})

    routes.post(f"/{kind}")(create)


def changing(routes: Routes, kind: str, singular: str, writable: Collection[str]) -> None:
    """Add update of the `writable` keys, and delete."""

    def update(call: Call, row_id: int) -> Row:
        given = {name: value for name, value in call.part(singular).items() if name in writable}
        row = {**call.row(kind, row_id), **given, "updated_at": call.desk.stamp}
        return {singular: visible(call.account.put(kind, row))}

    def delete(call: Call, row_id: int) -> Answer:
        call.row(kind, row_id)
        call.account.drop(kind, row_id)
        return Answer(None, 204)

    routes.put(f"/{kind}/<int:row_id>")(update)
    routes.delete(f"/{kind}/<int:row_id>")(delete)
