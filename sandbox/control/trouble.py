"""Limits, faults and counters."""

from __future__ import annotations

from ..call import Answer, Call
from ..faults import read_plan
from ..routes import Routes
from ..table import Row
from .customer import fields

routes = Routes()


@routes.control("POST", "/limits")
def limits(call: Call) -> Row:
    """{"on": true} enforces Zendesk's rate limits from a clean slate, {"on": false} only reports them."""
    call.world.limits.on = bool(fields(call).get("on"))
    call.world.limits.reset()
    return {"on": call.world.limits.on}


@routes.control("POST", "/faults")
def faults(call: Call) -> Row:
    """Put a plan of faults in force; {} ends all faults. The same seed draws the same faults."""
    call.world.faults.set(read_plan(fields(call)))
    return {"faults": vars(call.world.faults.plan)}


@routes.control("GET", "/calls")
def calls(call: Call) -> Row:
    counted = call.world.calls.as_dict()
    return {"calls": counted, "total": sum(counted.values())}


@routes.control("POST", "/calls/reset")
def reset(call: Call) -> Answer:
    call.world.calls.reset()
    return Answer(None, 204)
