"""What the rules make of a work: terms in their spellings and languages, false friends, adverts, tags, reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from observatory.judge.classify import classify
from observatory.judge.records import judge_record
from observatory.model import (
    EntryKind,
    Instrument,
    Level,
    Relevance,
    Scope,
    Source,
    Stage,
    Verdict,
    Work,
)
from tests.corpus.measure import vocabulary

ANYWHERE = Source(id="any", kind="feed", name="Any source", row="{}")


def judged(title: str, summary: str = "", source: Source = ANYWHERE, **fields: Any) -> Verdict:
    return classify(Work(title=title, summary=summary or None, **fields), source, vocabulary())


def relevance(title: str, summary: str = "", **fields: Any) -> Relevance:
    return judged(title, summary, **fields).relevance


@pytest.mark.parametrize(
    "term",
    [
        "micro-credentials", "Microcredential", "micro credentials", "MICRO\u2010CREDENTIALS",
        "micro\u2011credentials", "micro\u2013credentials", "micro\u00adcredentials", "microcredentialing",
        "micro-certifications", "micro-qualification", "microcredenciales", "microcredenciais",
        "microcredencials", "microcredenziali", "microcertificaten", "Mikrozertifikate", "mikropoświadczeniami",
        "mikropoświadczeń", "mikrocertifikátům", "mikrocertifikátmi", "mikroosvedčeniami", "mikroosvědčení",
        "mikromeriteringar", "pieniin osaamiskokonaisuuksiin", "pienistä osaamiskokonaisuuksista",
        "mikrotutkintoja", "mikrodokazilih", "mikrokvalifikacijama", "mikrokraadide",
        "mikrokvalifikatsiooniõpe", "mikrotanúsítványokról", "mikroapliecinājumi", "mikrokredencialų",
        "mikroeksamensbeviser", "mikrolegitimasjon", "microcertificatele", "μικροδιαπιστευτηρίων",
        "микроквалификациите", "мікрокваліфікацій", "mikrokredenzjali", "micridhintiúir", "mikro yeterlilikler",
        "マイクロクレデンシャル", "微证书", "마이크로 크레덴셜", "الشهادات المصغرة",
    ],
)  # fmt: skip
def test_a_term_in_any_spelling_language_and_form_is_relevant(term: str) -> None:
    assert relevance(f"{term} 2030") is Relevance.YES
    assert relevance("Report", f"A study of {term} in several countries.") is Relevance.YES


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Microcredit for women", "How small loans of a microfinance bank help poor entrepreneurs."),
        ("Mikrokredyty dla firm", "Pożyczki dla przedsiębiorców w banku."),
        ("Stopping credential stuffing", "Attackers try stolen passwords on many sites."),
        ("Short-lived certificates", "Micro-segmentation and TLS certificates for Kubernetes workloads."),
        ("microCredentials in our SDK", "The namespace holds API keys and access tokens; see GitHub."),
        ("How to earn merit badges", "What scouts must do for each badge."),
        ("Badges in games", "Players collect badges for scores; gamification of loyalty."),
        ("ID badge policy", "Staff wear an access badge inside the building."),
        ("Ambassador presents credentials", "The envoy handed over letters of credence to the president."),
        (
            "Digital wallets for travellers",
            "Driving licences and other credentials on the phone, for airlines and hotels.",
        ),
        ("Microwave ovens", "Which one to buy."),
    ],
)
def test_false_friends_are_not_relevant(title: str, summary: str) -> None:
    assert relevance(title, summary) is Relevance.NO


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("De ce micro-creditele academice contează", "Universitățile și studenții: credite pentru învățarea scurtă."),
        ("Stackable credentials and wages", "What community college students earn."),
        ("Nanodegrees and the university", "Short online programmes of learning."),
        ("Open Badges in higher education", "How teachers recognise learning."),
        ("Short learning programmes", "A memorandum of European universities."),
    ],
)
def test_near_synonyms_count_where_learning_is_meant(title: str, summary: str) -> None:
    assert relevance(title, summary) is Relevance.YES


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Data Ethics micro-credential", "Course page: content, entry requirements, fees and start date. Apply now."),
        ("Micro-credential in Wine Studies", "A 5 ECTS course over 10 weeks; how to apply, tuition fees, next intake."),
        ("Frequently asked questions", "Answers for applicants: how to enrol in our micro-credentials, prices and payment."),
        ("Microcredential Pflege", "Jetzt anmelden! Kursgebühr und Voraussetzungen zur Zulassung; Kursbeginn im Mai."),
        ("Microcredencial en IA", "Inscripción abierta: plazas limitadas, precio del curso y matrícula abierta."),
    ],
)  # fmt: skip
def test_one_single_course_or_its_enrolment_is_no_literature(title: str, summary: str) -> None:
    assert relevance(title, summary) is not Relevance.YES


@pytest.mark.parametrize(
    "summary",
    [
        "The strategy has ten pillars, among them inclusion, mobility, micro-credentials, and a student card.",
        "The party paper is on grants, apprenticeships, tax and guidance, with one short section on micro-credentials.",
    ],
)
def test_a_passing_mention_is_not_enough(summary: str) -> None:
    assert relevance("A strategy for universities", summary) is not Relevance.YES
    assert relevance("A strategy for universities", "Micro-credentials are its first aim. " + summary) is Relevance.YES


def test_position_and_frequency_in_the_full_text_count() -> None:
    once = "Universities plan new buildings and laboratories. " * 60 + "Someone spoke of micro-credentials."
    often = "Micro-credentials are planned by universities this year. " * 20
    assert relevance("Annual plan", text=once) is Relevance.NO
    assert relevance("Annual plan", text=often) is Relevance.YES


def test_what_is_uncertain_waits_for_a_curator() -> None:
    verdict = judged("A strategy", "Its pillars are listed: inclusion, mobility, micro-credentials, a student card.")
    assert verdict.relevance is Relevance.UNSURE
    assert "in passing" in verdict.reasons[0].text


def test_the_reasons_add_up_to_the_score_and_name_words_and_place() -> None:
    verdict = judged("Micro-credentials: a course page", "Course page with fees, how to apply and the start date.")
    told = [reason for reason in verdict.reasons if reason.about == "relevance"]
    assert round(sum(reason.weight for reason in told), 2) == verdict.score
    assert "“microcredentials” in the title" in told[0].text
    assert "single course" in told[-1].text


def test_a_sources_defaults_and_subject_are_reasons_too() -> None:
    source = replace(
        ANYWHERE,
        name="MICROBOL",
        on_topic=True,
        defaults=Work(kind=EntryKind.EVENT, topics=("recognition",), countries=("IE",), level=Level.EHEA),
    )
    verdict = judged("Kick-off", source=source)
    assert verdict.relevance is Relevance.YES
    assert (verdict.work.kind, verdict.work.topics, verdict.work.countries) == (
        EntryKind.EVENT,
        ("recognition",),
        ("IE",),
    )
    assert sum("MICROBOL" in reason.text for reason in verdict.reasons) >= 4


def test_what_a_record_says_of_itself_beats_the_words() -> None:
    verdict = judged(
        "Webinar on micro-credentials", kind=EntryKind.REPORT, countries=("FR",), topics=("data",), level=Level.EU
    )
    assert (verdict.work.kind, verdict.work.countries, verdict.work.topics) == (EntryKind.REPORT, ("FR",), ("data",))


@pytest.mark.parametrize(
    ("title", "summary", "url", "kind"),
    [
        ("Council Recommendation on micro-credentials", "The adopted act.", "https://eur-lex.europa.eu/eli/x", "policy"),
        ("Zákon o mikrocertifikátech", "Zákon č. 1.", "https://www.zakony.example/1", "policy"),
        ("Position paper on micro-credentials", "What the union of students wants.", "https://esu.example/policies/1", "position"),
        ("Micro-credentials toolkit", "Step-by-step guide for staff.", "https://x.example/toolkit", "guide"),
        ("Micro-credentials: a survey", "Report of a study in ten countries.", "https://x.example/publications/1", "report"),
        ("Micro-credentials and employability", "A systematic review.", "https://doi.org/10.1007/s1-1", "article"),
        ("Designing micro-credentials", "Doctoral dissertation of 2022.", "https://etd.example/1", "thesis"),
        ("Webinar: micro-credentials", "A webinar on 3 May.", "https://x.example/events/1", "event"),
        ("Call for papers: micro-credentials", "Deadline 1 May.", "https://x.example/calls/1", "call"),
        ("MicroGuide project", "Erasmus+ project of six partners.", "https://x.example/projects/1", "project"),
        ("Micro-credentials podcast, episode 3", "Podcast with experts.", "https://x.example/podcast/3", "media"),
        ("Universities offer micro-credentials", "News of the launch.", "https://x.example/news/2024/05/03/1", "news"),
        ("What are micro-credentials?", "The page explains them.", "https://x.example/about/mc", "resource"),
    ],
)  # fmt: skip
def test_the_kind_is_that_of_the_work(title: str, summary: str, url: str, kind: str) -> None:
    assert judged(title, summary, url=url).work.kind == kind


@pytest.mark.parametrize(
    ("title", "summary", "countries"),
    [
        ("Micro-credentials in Ireland", "", ("IE",)),
        ("Irish universities and micro-credentials", "", ("IE",)),
        ("Mikropoświadczenia w Polsce", "", ("PL",)),
        ("Mikrotanúsítványok Magyarországon", "", ("HU",)),
        ("Pienet osaamiskokonaisuudet Suomessa", "", ("FI",)),
        ("Microcredentials in Vlaanderen", "", ("BE",)),
        ("Micro-credentials in Kenya and Ghana", "", ("GH", "KE")),
        ("Микроквалификации в Казахстане", "", ("KZ",)),
        ("A European approach to micro-credentials", "", ("EU",)),
        ("Micro-credentials linked to the Bologna Process", "", ("EHEA",)),
        ("Micro-credentials", "The OECD compares countries world-wide.", ("INT",)),
        ("Micro-credentials at Dublin City University", "", ("IE",)),
    ],
)
def test_countries_are_found_by_name_adjective_city_and_institution(
    title: str, summary: str, countries: tuple[str, ...]
) -> None:
    assert judged(title, summary).work.countries == countries


def test_a_publishers_seat_says_nothing_of_research() -> None:
    article = judged("Micro-credentials and motivation", publisher="Journal X", url="https://journal.example.ch/1", language="de",
                     kind=EntryKind.ARTICLE)  # fmt: skip
    assert article.work.countries == ("INT",)


def test_a_policy_has_level_instrument_stage_and_jurisdiction() -> None:
    act = judged(
        "Act on micro-credentials of Ireland",
        "National law of the government, in force since 2024.",
        publisher="Government of Ireland",
    )
    assert act.work.kind is EntryKind.POLICY
    assert (act.work.level, act.work.official, act.work.jurisdiction) == (Level.NATIONAL, True, "IE")
    assert (act.work.instrument, act.work.stage) == (Instrument.LAW, Stage.IMPLEMENTATION)
    region = judged("Ontario micro-credentials strategy", "Provincial strategy.", publisher="Government of Ontario")
    assert region.work.jurisdiction == "CA-ON"


def test_badges_alone_are_related_and_not_core() -> None:
    assert judged("Open badges in education").work.scope is Scope.RELATED
    assert judged("Badges and micro-credentials in education").work.scope is Scope.CORE


@pytest.mark.parametrize(
    ("declared", "title", "language"),
    [
        ("pt_BR", "x", "pt"),
        ("deu", "x", "de"),
        ("nb", "x", "no"),
        (None, "マイクロクレデンシャルの話", "ja"),
        (None, "Що таке мікрокваліфікації та їх значення", "uk"),
        (None, "Les microcertifications se développent dans les universités françaises et suisses", "fr"),
        (None, "x", None),
    ],
)
def test_the_language_is_declared_or_recognised(declared: str | None, title: str, language: str | None) -> None:
    assert judged(title, language=declared).work.language == language


def test_judging_a_record_gives_the_promised_shape() -> None:
    verdict = judge_record(
        {"title": "Micro-credentials in Ireland", "summary": "News of QQI on quality assurance."}, vocabulary()
    )
    assert verdict["relevant"] is True
    assert (verdict["kind"], verdict["countries"], verdict["topics"]) == ("news", ["IE"], ["quality-assurance"])
    assert all(isinstance(reason, str) for reason in verdict["reasons"])


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ("The act was adopted by parliament.", Stage.APPROVED),
        ("The act is not yet adopted.", Stage.DESIGN),
        ("Das Gesetz ist noch nicht beschlossen.", Stage.DESIGN),
        ("La ley aún no ha sido aprobada.", Stage.DESIGN),
        ("The act will come into force in 2031.", Stage.APPROVED),
        ("Ustawa weszła w życie w styczniu.", Stage.IMPLEMENTATION),
        ("Zakon je donesen i objavljen.", Stage.APPROVED),
        ("Η πιλοτική φάση διαρκεί δύο έτη.", Stage.PILOT),
        ("The act was repealed.", Stage.DISCONTINUED),
        ("It binds all colleges.", Stage.IMPLEMENTATION),  # nothing said: what is published and binds is in force
    ],
)
def test_a_policys_stage_is_what_its_words_say_and_do_not_deny(said: str, stage: Stage) -> None:
    assert judged("Act on micro-credentials", said, kind=EntryKind.POLICY).work.stage is stage


def test_what_only_recommends_was_adopted_and_a_draft_was_not() -> None:
    recommended = judged("Recommendation on micro-credentials", kind=EntryKind.POLICY)
    assert recommended.work.stage is Stage.APPROVED
    assert "a published recommendation" in next(r.text for r in recommended.reasons if r.about == "stage")
    assert judged("Draft recommendation on micro-credentials", kind=EntryKind.POLICY).work.stage is Stage.DESIGN


@pytest.mark.parametrize(
    ("publisher", "level"),
    [
        ("Universität Hohenau", Level.INSTITUTION),
        ("University Grants Commission", Level.NATIONAL),
        ("Ministero dell'Università", Level.NATIONAL),
        ("Gobierno de Navarra", Level.REGIONAL),
        ("Council of the European Union", Level.EU),
        ("Vereniging Hogescholen", Level.SECTOR),
        ("UNESCO", Level.GLOBAL),
    ],
)
def test_a_policys_level_is_its_issuers(publisher: str, level: Level) -> None:
    rules = judged("Rules on microcredentials", kind=EntryKind.POLICY, publisher=publisher)
    assert rules.work.level is level


def test_the_level_of_what_no_word_tells_is_that_of_its_places_and_a_sources_default_comes_first() -> None:
    title = "Mikropoświadczenia w Polsce"
    assert judged(title, language="pl").work.level is Level.NATIONAL
    assert judged("Badges and motivation", kind=EntryKind.ARTICLE).work.level is Level.GLOBAL
    sector = replace(ANYWHERE, defaults=replace(ANYWHERE.defaults, level=Level.SECTOR))
    assert judged(title, source=sector, language="pl").work.level is Level.SECTOR
    thesis = judged("Micro-credentials in Kenya", kind=EntryKind.THESIS, publisher="University of Nairobi")
    assert thesis.work.level is Level.NATIONAL


def test_a_source_says_whose_the_works_on_its_own_site_are_and_fills_what_no_word_tells() -> None:
    source = Source(
        id="enqa",
        kind="feed",
        name="ENQA – news",
        row="{}",
        publisher="ENQA",
        hosts=("enqa.eu",),
        defaults=Work(licence="CC BY 4.0", official=True, instrument=Instrument.GUIDELINES),
    )
    title = "Guidelines for micro-credentials"

    def made(work: Work) -> Work:
        return classify(work, source, vocabulary()).work

    own = made(Work(title=title, url="https://www.enqa.eu/guidelines", kind=EntryKind.POLICY))
    assert (own.publisher, own.licence, own.official, own.instrument) == (
        "ENQA",
        "CC BY 4.0",
        True,
        Instrument.GUIDELINES,
    )
    assert made(Work(title=title, url="https://www.eua.eu/guidelines")).publisher is None
    assert made(Work(title=title, url="https://enqa.eu/x", publisher="QQI", licence="CC0")).publisher is None
    assert made(Work(title=title, url="https://enqa.eu/x", kind=EntryKind.ARTICLE)).publisher is None
