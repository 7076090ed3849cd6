"""What holds for every asker and every set of contracts, whatever hypothesis thinks of."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.catalogue_file import load_book
from integration.domain.contract import Contract, DomainClaim
from integration.domain.sla import plans_with_included
from integration.domain.triage import triage
from tests.domain.stories import asker, contact, contract, examples, question

BOOK = load_book()
LABELS = st.sampled_from(["good", "xgood", "g", "good-x", "lab", "com"])
DOMAINS = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "example"]))


def claimed(claim: DomainClaim, domain: str) -> bool:
    """The rule once more, by labels: F35."""
    held, seen = claim.domain.split("."), domain.split(".")
    return seen == held or (claim.subdomains and len(seen) > len(held) and seen[-len(held) :] == held)


@examples(100)
@given(DOMAINS, DOMAINS, st.booleans())
def test_f35_a_claim_covers_by_whole_labels(held: str, seen: str, wide: bool) -> None:
    claim = DomainClaim(held, wide)
    assert claim.covers(seen) == claimed(claim, seen)


@examples(100)
@given(DOMAINS, st.text("abcxyz-", min_size=1, max_size=5), st.booleans())
def test_f35_glued_to_the_front_is_another_domain(held: str, glued: str, wide: bool) -> None:
    assert not DomainClaim(held, wide).covers(glued + held)


# -- whole decisions -----------------------------------------------------------------------------------------------

NAMES = ["acme.example", "lab.acme.example", "x.lab.acme.example", "globex.example", "xacme.example"]
PEOPLE = [f"{who}@{domain}" for who in ("ana", "ben", "support") for domain in NAMES] + ["ana@gmail.com"]
PLANS = [plan for plan in BOOK.plan_ids() if not plan.startswith("rocketchat-legacy/")]


@st.composite
def contracts_of_a_vendor(draw: st.DrawFn) -> tuple[str, tuple[Contract, ...]]:
    """Up to five contracts of three customers with one vendor, each with its own claims, days, contacts and status."""
    vendor = draw(st.sampled_from(["mattermost", "rocketchat", "rockstor"]))
    plans = [plan for plan in PLANS if plan.startswith(f"{vendor}/")]
    held = []
    for number in range(draw(st.integers(0, 5))):
        start = draw(st.sampled_from([date(2025, 1, 1), date(2026, 1, 1), date(2026, 12, 1)]))
        length = draw(st.sampled_from([date(2025, 12, 31), date(2026, 11, 10), date(2026, 12, 31), None]))
        claims = draw(st.lists(st.sampled_from([*NAMES, *(f"*.{n}" for n in NAMES)]), max_size=2, unique=True))
        people = draw(st.none() | st.lists(st.sampled_from(PEOPLE), max_size=4, unique=True))
        held.append(
            contract(
                draw(st.sampled_from(plans)),
                " ".join(claims),
                contacts=None if people is None else [contact(each) for each in people],
                id=str(number),
                organization=draw(st.sampled_from(["Acme", "Globex", "Initech"])),
                start=start,
                end=length if length is None or length >= start else None,
                status=draw(st.sampled_from(["active", "active", "trial", "suspended", "ended"])),
                product=draw(st.sampled_from([None, "Cloud Enterprise"])),
                prerequisite_met=draw(st.sampled_from([None, True, False])),
                addresses=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=1))),
            )
        )
    return vendor, tuple(held)


ASKERS = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)
CHANNELS = st.sampled_from(["portal", "email", "hotline", "zulip", "fax"])
FORMS = st.sampled_from([None, "technical", "sales", "support"])


@examples(80)
@given(contracts_of_a_vendor(), ASKERS, CHANNELS, FORMS, st.randoms(use_true_random=False))
def test_the_order_of_contracts_and_a_second_look_never_matter(told, people, channel, form, random) -> None:
    """Idempotence: the same question has the same answer, in whatever order the database tells the contracts."""
    vendor, held = told
    shuffled = list(held)
    random.shuffle(shuffled)
    asked = [question(*c, vendor=vendor, who=asker(*people), channel=channel, form=form) for c in (held, shuffled)]
    first, second, again = (triage(each, BOOK) for each in (*asked, asked[0]))
    assert first == second == again


@examples(80)
@given(contracts_of_a_vendor(), ASKERS, CHANNELS)
def test_a_promise_is_one_of_the_customers_own_or_what_it_includes_or_the_default(told, people, channel) -> None:
    vendor, held = told
    decision = triage(question(*held, vendor=vendor, who=asker(*people), channel=channel), BOOK)
    plan = decision.entitlement.plan
    default = BOOK.catalogue(vendor).default_plan
    known = {each for c in held for each in plans_with_included(BOOK, c.plan)} | {default}
    assert plan is None or plan in known
    assert plan is not None or decision.targets == ()
    assert {target.plan for target in decision.targets} <= set(plans_with_included(BOOK, plan)) if plan else True


@examples(80)
@given(contracts_of_a_vendor(), st.sampled_from([person for person in PEOPLE if "gmail" not in person]))
def test_f34_two_owners_are_never_resolved_to_one(told, person: str) -> None:
    """By e-mail, with contracts that name domains only: two customers at the longest match are always ambiguous."""
    vendor, held = told
    running = [c for c in held if c.status in ("active", "trial") and not c.addresses and c.domains]
    running = [c for c in running if c.start <= date(2026, 11, 18) <= (c.end or date.max)]
    domain = person.partition("@")[2]
    matches = [(len(claim.domain), c.organization) for c in running for claim in c.domains if claimed(claim, domain)]
    owners = {organization for length, organization in matches if length == max(matches)[0]}
    granted = triage(question(*running, vendor=vendor, who=person, channel="email"), BOOK).entitlement
    if not owners:
        assert granted.outcome == "unknown_domain"
    elif len(owners) > 1:
        assert granted.outcome == "ambiguous"
    else:
        assert granted.contract is not None and granted.contract.organization in owners
