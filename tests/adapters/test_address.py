"""One person is one address, a look-alike is another, and a domain that anybody can join proves nobody.

The table of reliability F36, the plus-tags and case of F42, forged senders of F37, and the domains of G-15 and F39.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.adapters.address import Address, AddressBook, BadAddress, DomainFacts, normalise, normalise_domain
from integration.adapters.address.domain_facts import DATA, read_list
from integration.services.ports_addresses import Addresses

FACTS = DomainFacts.shipped()
LONG = "a" * 60

ADDRESSES = [
    # as written, the address, the person
    ("anna@acme.example", "anna@acme.example", "anna@acme.example"),
    ("Anna@Acme.EXAMPLE", "anna@acme.example", "anna@acme.example"),
    ("ANNA.BERG@acme.example", "anna.berg@acme.example", "anna.berg@acme.example"),
    ("  anna@acme.example ", "anna@acme.example", "anna@acme.example"),
    ("anna@acme.example\u00a0", "anna@acme.example", "anna@acme.example"),
    ("anna@acme.example.", "anna@acme.example", "anna@acme.example"),
    ("anna+zendesk@acme.example", "anna+zendesk@acme.example", "anna@acme.example"),
    ("Anna+A+B@acme.example", "anna+a+b@acme.example", "anna@acme.example"),
    ("+anna@acme.example", "+anna@acme.example", "+anna@acme.example"),
    ("anna+@acme.example", "anna+@acme.example", "anna@acme.example"),
    ("anna-zendesk@acme.example", "anna-zendesk@acme.example", "anna-zendesk@acme.example"),
    ("a.n.n.a@acme.example", "a.n.n.a@acme.example", "a.n.n.a@acme.example"),
    ("a.n.n.a@gmail.com", "a.n.n.a@gmail.com", "anna@gmail.com"),
    ("A.N.N.A+x@GoogleMail.com", "a.n.n.a+x@googlemail.com", "anna@gmail.com"),
    ("anna@mail.gmail.com", "anna@mail.gmail.com", "anna@mail.gmail.com"),
    ("o'neill@acme.example", "o'neill@acme.example", "o'neill@acme.example"),
    ("a!#$%&*/=?^_`{|}~b@acme.example", "a!#$%&*/=?^_`{|}~b@acme.example", "a!#$%&*/=?^_`{|}~b@acme.example"),
    ("1@2.example", "1@2.example", "1@2.example"),
    ("anna@team.test", "anna@team.test", "anna@team.test"),
    ("anna@sub.deep.acme.example", "anna@sub.deep.acme.example", "anna@sub.deep.acme.example"),
    ("anna@good.com", "anna@good.com", "anna@good.com"),
    ("anna@ｇｏｏｄ.com", "anna@good.com", "anna@good.com"),
    ("ａｎｎａ@good.com", "anna@good.com", "anna@good.com"),
    ("ＡＮＮＡ＠ＧＯＯＤ．ＣＯＭ", "anna@good.com", "anna@good.com"),
    ("anna@good。com", "anna@good.com", "anna@good.com"),
    ("anna@gооd.com", "anna@xn--gd-fmca.com", "anna@xn--gd-fmca.com"),  # two Cyrillic o
    ("anna@goоd.com", "anna@xn--god-ted.com", "anna@xn--god-ted.com"),  # one
    ("аnna@good.com", "аnna@good.com", "аnna@good.com"),  # a Cyrillic a before the @ stays one
    ("anna@müller.example", "anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
    ("anna@MÜLLER.example", "anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
    ("anna@mu\u0308ller.example", "anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
    ("anna@xn--mller-kva.example", "anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
    ("anna@XN--MLLER-KVA.example", "anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
    ("anna@faß.example", "anna@xn--fa-hia.example", "anna@xn--fa-hia.example"),
    ("anna@пример.рф", "anna@xn--e1afmkfd.xn--p1ai", "anna@xn--e1afmkfd.xn--p1ai"),
    ("anna@例え.jp", "anna@xn--r8jz45g.jp", "anna@xn--r8jz45g.jp"),
    ("Jürgen@acme.example", "jürgen@acme.example", "jürgen@acme.example"),
    ("ju\u0308rgen@acme.example", "jürgen@acme.example", "jürgen@acme.example"),
    ("ΟΔΟΣ@acme.example", "οδοσ@acme.example", "οδοσ@acme.example"),
    ("οδος@acme.example", "οδοσ@acme.example", "οδοσ@acme.example"),
    ("ǰan@acme.example", "ǰan@acme.example", "ǰan@acme.example"),  # folding takes this letter apart
    (LONG + "@acme.example", LONG + "@acme.example", LONG + "@acme.example"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "address", "person"), ADDRESSES)
def test_f36_f42_an_address_is_read_into_one_form(raw: str, address: str, person: str) -> None:
    read = normalise(raw)
    assert (read.address, read.mailbox_key) == (address, person)
    assert f"{read.local}@{read.domain}" == address


def test_the_form_to_show_keeps_the_case_and_unmasks_a_look_alike() -> None:
    assert normalise("Anna.Berg+X@Acme.Example") == Address(
        "anna.berg+x@acme.example", "anna.berg+x", "acme.example", "Anna.Berg+X@acme.example", "anna.berg@acme.example"
    )
    assert normalise("Anna@goоd.com").display == "Anna@xn--god-ted.com"


def test_f42_a_customer_does_not_gain_a_contact_by_case_tags_or_dots() -> None:
    variants = [
        "anna@acme.example",
        "ANNA@acme.example",
        "anna+1@acme.example",
        "Anna+2@ACME.example.",
        "ａnna@acme.example",
    ]
    assert len({normalise(raw).mailbox_key for raw in variants}) == 1
    gmail = ["anna.berg@gmail.com", "annaberg@gmail.com", "AnnaBerg+x@googlemail.com"]
    assert len({normalise(raw).mailbox_key for raw in gmail}) == 1


NO_ADDRESSES = [
    # as written, what the refusal says
    ("", "is empty"),
    ("   ", "is empty"),
    ("\u3000", "is empty"),
    ("anna", "needs a name, one @ and a domain"),
    ("acme.example", "needs a name, one @ and a domain"),
    ("@acme.example", "needs a name, one @ and a domain"),
    ("anna@", "needs a name, one @ and a domain"),
    ("anna@bob@acme.example", "more than one @"),
    ("anna@acme.example, bob@acme.example", "more than one @"),
    ("anna@acme.example;bob@acme.example", "more than one @"),
    ("anna@acme.example bob@acme.example", "more than one @"),
    ("anna@good.com＠evil.example", "more than one @"),
    ("a@good.com <x@evil.com>", "angle brackets"),
    ("a@good.com<x@evil.com>", "angle brackets"),
    ("Anna Berg <anna@acme.example>", "angle brackets"),
    ("<anna@acme.example>", "angle brackets"),
    ("＜anna@acme.example＞", "angle brackets"),
    ('"anna@good.com" <x@evil.com>', "angle brackets"),
    ('"anna"@acme.example', "quoted part"),
    ('"anna berg"@acme.example', "quoted part"),
    ('"anna@good.com"@evil.com', "quoted part"),
    ('an"na@acme.example', "quoted part"),
    ("anna@good.com\n", "U+000A"),
    ("anna@good.com\r\nBcc: bob@evil.example", "U+000D"),
    ("an\tna@good.com", "U+0009"),
    ("an\x00na@good.com", "U+0000"),
    ("anna\u200b@good.com", "U+200B"),
    ("anna@go\u00adod.com", "U+00AD"),
    ("\u202emoc.doog@anna", "U+202E"),
    ("\ufeffanna@good.com", "U+FEFF"),
    ("anna\u2028@good.com", "U+2028"),
    ("anna\ud800@good.com", "U+D800"),
    ("anna berg@acme.example", "not valid"),
    ("anna(work)@acme.example", "not valid"),
    ("mailto:anna@acme.example", "not valid"),
    ("anna,berg@acme.example", "not valid"),
    ("anna;berg@acme.example", "not valid"),
    ("anna\\@acme.example", "not valid"),
    (".anna@acme.example", "not valid"),
    ("anna.@acme.example", "not valid"),
    ("an..na@acme.example", "not valid"),
    ("anna@acme..example", "not valid"),
    ("anna@.acme.example", "not valid"),
    ("anna@acme.example..", "not valid"),
    ("anna@-acme.example", "not valid"),
    ("anna@acme-.example", "not valid"),
    ("anna@ac_me.example", "not valid"),
    ("anna@acme,example", "not valid"),
    ("anna@acme .example", "not valid"),
    ("anna@*.example", "not valid"),
    ("anna@xn--google-.example", "not valid"),
    ("anna@acme.example/path", "not valid"),
    ("anna@acme.example:25", "not valid"),
    ("anna@" + "a" * 64 + ".example", "not valid"),
    ("anna@localhost", "not valid"),
    ("anna@printer.local", "not valid"),
    ("anna@com", "not valid"),
    ("anna@test", "full domain with a dot"),
    ("anna@127.0.0.1", "IP address"),
    ("anna@１２７.0.0.1", "IP address"),
    ("anna@[127.0.0.1]", "IP address"),
    ("anna@[IPv6:2001:db8::1]", "IP address"),
    ("a" * 250 + "@acme.example", "not valid"),
    ("ü" * 125 + "@acme.example", "not valid"),
    ("İ" * 110 + "@acme.example", "longer than the 254"),  # too long only once its case is folded
    ("a" * 100_000, "longer than the 254"),
]


@pytest.mark.parametrize(("raw", "says"), NO_ADDRESSES)
def test_f37_what_is_not_exactly_one_address_is_refused_with_a_reason(raw: str, says: str) -> None:
    with pytest.raises(BadAddress) as caught:
        normalise(raw)
    assert says in caught.value.reason
    assert caught.value.raw == raw
    assert len(str(caught.value)) < 500
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("raw", [None, 7, b"anna@acme.example", ["anna@acme.example"]])
def test_what_is_no_text_is_refused_too(raw: object) -> None:
    with pytest.raises(BadAddress, match="no text"):
        normalise(raw)  # type: ignore[arg-type]
    with pytest.raises(BadAddress, match="no text"):
        normalise_domain(raw)  # type: ignore[arg-type]


DOMAINS = [
    ("acme.com", "acme.com"),
    ("Acme.COM.", "acme.com"),
    (" acme.com ", "acme.com"),
    ("mail.acme.com", "mail.acme.com"),
    ("ａｃｍｅ．ｃｏｍ", "acme.com"),
    ("acme。com", "acme.com"),
    ("Müller.example", "xn--mller-kva.example"),
    ("xn--mller-kva.example", "xn--mller-kva.example"),
    ("goоd.com", "xn--god-ted.com"),
    ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("xgood.com", "xgood.com"),
    ("3com.example", "3com.example"),
    ("co.uk", "co.uk"),
]


@pytest.mark.parametrize(("raw", "domain"), DOMAINS)
def test_f36_a_domain_is_read_into_one_form(raw: str, domain: str) -> None:
    assert normalise_domain(raw) == domain


NO_DOMAINS = [
    ("", "is empty"),
    ("anna@acme.com", "only what follows the @"),
    ("@acme.com", "only what follows the @"),
    ("https://acme.com", "only its domain"),
    ("acme.com/support", "only its domain"),
    ("acme.com:443", "only its domain"),
    ("acme.com?x=1", "only its domain"),
    ("*.acme.com", "say that sub-domains count"),
    ("mail.*.com", "say that sub-domains count"),
    (".acme.com", "say that sub-domains count"),
    ("192.0.2.1", "IP address"),
    ("[192.0.2.1]", "IP address"),
    ("2001:db8::1", "IP address"),
    ("acme.com, acme.org", "exactly one"),
    ("acme.com acme.org", "exactly one"),
    ("acme.com;acme.org", "exactly one"),
    ("acme", "not valid"),
    ("com", "not valid"),
    ("localhost", "not valid"),
    ("test", "full domain with a dot"),
    ("acme..com", "not valid"),
    ("acme.com..", "not valid"),
    ("-acme.com", "not valid"),
    ("acme_.com", "not valid"),
    ("<acme.com>", "not valid"),
    ("acme.123", "not valid"),
    ("acme.com\n", "U+000A"),
    ("ac\u200bme.com", "U+200B"),
    ("a." * 130 + "com", "not valid"),
    ("a" * 2000 + ".com", "longer than"),
]


@pytest.mark.parametrize(("raw", "says"), NO_DOMAINS)
def test_g15_what_is_no_domain_is_refused_and_told_what_would_be_right(raw: str, says: str) -> None:
    with pytest.raises(BadAddress) as caught:
        normalise_domain(raw)
    assert says in caught.value.reason
    assert "acme.example" in caught.value.reason or "longer" in says or "U+" in says


def every(words: str) -> list[str]:
    return words.split()


FREE_MAIL = every(
    "gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.co.uk hotmail.it live.com "
    "live.nl msn.com yahoo.com yahoo.co.uk yahoo.co.jp yahoo.com.br yahoo.co.in yahoo.fr yahoo.de ymail.com "
    "rocketmail.com aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me gmx.com gmx.de gmx.net "
    "gmx.at gmx.ch web.de t-online.de freenet.de mail.ru bk.ru inbox.ru list.ru rambler.ru yandex.ru "
    "yandex.com ya.ru qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net libero.it virgilio.it "
    "tiscali.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr uol.com.br bol.com.br terra.com.br ig.com.br "
    "rediffmail.com zoho.com zohomail.com fastmail.com tutanota.com tuta.io mail.com email.com usa.com "
    "hushmail.com sapo.pt seznam.cz centrum.cz wp.pl o2.pl interia.pl onet.pl abv.bg ukr.net i.ua comcast.net "
    "verizon.net att.net sbcglobal.net bellsouth.net cox.net shaw.ca rogers.com btinternet.com sky.com "
    "virginmedia.com ntlworld.com bigpond.com optusnet.com.au xtra.co.nz ziggo.nl telenet.be bluewin.ch "
    "telia.com online.no mail.dk inbox.lv freemail.hu walla.co.il mynet.com docomo.ne.jp hinet.net "
    "prodigy.net.mx "
)


@pytest.mark.parametrize("domain", FREE_MAIL)
def test_f39_free_mail_of_many_countries_is_known(domain: str) -> None:
    assert FACTS.classify(domain) == "free_mail"


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("GMail.com.", "free_mail"),
        ("mail.gmail.com", "free_mail"),  # a sub-domain of free mail is free mail
        ("deep.er.yahoo.co.jp", "free_mail"),
        ("xgmail.com", "ordinary"),
        ("gmail.com.acme.example", "ordinary"),
        ("gmail.example", "ordinary"),
        ("att.com", "ordinary"),  # the company's own staff
        ("mailinator.com", "disposable"),
        ("x.mailinator.com", "disposable"),
        ("yopmail.fr", "disposable"),
        ("guerrillamail.de", "disposable"),
        ("trashmail.com", "disposable"),
        ("com", "public_suffix"),
        ("example", "public_suffix"),
        ("co.uk", "public_suffix"),
        ("CO.UK.", "public_suffix"),
        ("github.io", "public_suffix"),
        ("com.br", "public_suffix"),
        ("kobe.jp", "public_suffix"),
        ("anything.kobe.jp", "public_suffix"),
        ("xn--55qx5d.cn", "public_suffix"),  # 公司.cn
        ("city.kobe.jp", "ordinary"),
        ("acme.co.uk", "ordinary"),
        ("acme.github.io", "ordinary"),
        ("acme.example", "ordinary"),
        ("mail.acme.example", "ordinary"),
        ("xn--mller-kva.example", "ordinary"),
        ("mattermost.com", "ordinary"),
    ],
)
def test_g15_a_domain_is_told_apart_by_who_can_have_an_address_in_it(domain: str, kind: str) -> None:
    assert FACTS.classify(domain) == kind


def test_a_catalogue_adds_free_mail_of_its_own_and_takes_a_domain_out() -> None:
    facts = DomainFacts.shipped(also_free_mail=["club.example"], ordinary=["staff.gmail.com"])
    assert facts.classify("club.example") == "free_mail"
    assert facts.classify("staff.gmail.com") == "ordinary"
    assert facts.classify("a.staff.gmail.com") == "ordinary"
    assert facts.classify("gmail.com") == "free_mail"


def test_the_address_book_is_what_services_ask_for() -> None:
    book: Addresses = AddressBook()
    assert book.classify(book.normalise("Anna@GMAIL.com").domain) == "free_mail"
    assert book.normalise_domain("Acme.COM.") == "acme.com"
    assert AddressBook(DomainFacts([], [])).classify("gmail.com") == "ordinary"


@pytest.mark.parametrize(("name", "least"), [("free_mail_domains.txt", 250), ("disposable_domains.txt", 60)])
def test_the_shipped_lists_are_in_form(name: str, least: int) -> None:
    """Each line once, as normalise_domain writes it, sorted within its part, and never a public suffix: with
    sub-domains counting, one line "co.uk" would turn a country's companies into free-mail users."""
    lines = [line for line in (DATA / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    parts = [list(part) for filled, part in itertools.groupby(lines, key=bool) if filled]
    domains = [domain for part in parts for domain in part]
    bare = DomainFacts([], [])
    assert len(domains) >= least
    assert len(set(domains)) == len(domains)
    assert all(part == sorted(part) for part in parts)
    assert [d for d in domains if normalise_domain(d) != d] == []
    assert [d for d in domains if bare.classify(d) == "public_suffix"] == []


def test_no_domain_stands_on_both_lists() -> None:
    assert not read_list(DATA / "free_mail_domains.txt") & read_list(DATA / "disposable_domains.txt")


texts = st.text(max_size=30) | st.text('aA.@+-ßſﬁＡİŉΣ"<>xn- ', max_size=20) | st.emails()


@given(texts)
def test_f36_any_text_is_an_address_or_a_bad_address_and_reading_twice_changes_nothing(raw: str) -> None:
    try:
        once = normalise(raw)
    except BadAddress as error:
        assert error.reason
    else:
        assert normalise(once.address).address == once.address
        assert normalise(once.display).address == once.address
        assert normalise(once.mailbox_key).mailbox_key == once.mailbox_key
        assert once.domain.isascii()


@given(texts)
def test_f36_any_text_is_a_domain_or_a_bad_address(raw: str) -> None:
    try:
        once = normalise_domain(raw)
    except BadAddress as error:
        assert error.reason
    else:
        assert normalise_domain(once.upper()) == once
        assert FACTS.classify(once) in ("ordinary", "free_mail", "disposable", "public_suffix")


@given(st.text())
def test_classify_answers_for_any_text(domain: str) -> None:
    assert FACTS.classify(domain) in ("ordinary", "free_mail", "disposable", "public_suffix")
