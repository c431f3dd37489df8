"""Topics in their groups, and sections, each with the count of its entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from observatory.model import Section
from observatory.publish import links, words
from observatory.publish.page import Page
from observatory.publish.paging import Count
from observatory.publish.shelf import Shelf


@dataclass(frozen=True, slots=True)
class TopicGroup:
    name: str
    topics: tuple[Count, ...]


def section_totals(shelf: Shelf) -> tuple[Count, ...]:
    return tuple(
        Count(shelf.say(words.SECTIONS[section]), len(shelf.by_section.get(section, ())), links.section(section))
        for section in Section
    )


def topic_groups(shelf: Shelf) -> tuple[TopicGroup, ...]:
    """Topics in their groups, each with the count of its entries (a topic without any stands too)."""
    names = dict.fromkeys(topic.group for topic in shelf.catalogue.topics)
    return tuple(
        TopicGroup(
            shelf.say(name),
            tuple(
                Count(shelf.say(topic.label), len(shelf.by_topic.get(topic.id, ())), links.topic(topic.id))
                for topic in shelf.catalogue.topics
                if topic.group == name
            ),
        )
        for name in names
    )


@dataclass(frozen=True, slots=True)
class TopicLine:
    name: str
    path: str
    definition: str
    entries: int


@dataclass(frozen=True, slots=True)
class TopicsView:
    groups: tuple[tuple[str, tuple[TopicLine, ...]], ...]


def topics_index(shelf: Shelf) -> Iterator[Page]:
    """Make the list of all topics with their definitions."""
    names = dict.fromkeys(topic.group for topic in shelf.catalogue.topics)
    groups = tuple(
        (
            shelf.say(name),
            tuple(
                TopicLine(
                    shelf.say(topic.label),
                    links.topic(topic.id),
                    shelf.say(topic.definition),
                    len(shelf.by_topic.get(topic.id, ())),
                )
                for topic in shelf.catalogue.topics
                if topic.group == name
            ),
        )
        for name in names
    )
    yield Page(path="topics/", title=shelf.say("Topics"), view=TopicsView(groups), here="topics")
