"""Does a work name the subject at all? A cheap test before anything is judged: core and near terms wherever they stand. Pure."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from observatory.judge.lexicon import Lexicon, words
from observatory.model import Vocabulary, Work


@lru_cache(maxsize=4)
def naming(vocabulary: Vocabulary) -> Callable[[Work], bool]:
    """Make the test of a vocabulary: titles, abstract or text hold a core term, or a near one that tells wherever it stands."""
    terms = Lexicon(cue for cue in vocabulary.cues if cue.about in ("core", "near") and not cue.where)

    def names(work: Work) -> bool:
        said = (work.title, work.title_en, work.summary, work.text, *(title for _lang, title in work.titles))
        return bool(terms.find(words("\n".join(part for part in said if part))))

    return names
