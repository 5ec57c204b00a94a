"""Who owns a target or an action, as team.yaml knows them: a person or a desk by name, or a whole team."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cslib.periods import Month
    from cslib.settings.team import Team


def known_owners(team: Team) -> tuple[str, ...]:
    """Return the names of everyone, and those of the teams that they make up."""
    return (*team.people, *dict.fromkeys(one.team for one in team.people.values()))


def owns(team: Team, owner: str, month: Month | None = None) -> bool:
    """Return whether somebody of that name, or of that team, is there: at all, or in a month. A team is meant however it is spelt, CSM as csm."""
    theirs = [one for name, one in team.people.items() if name == owner or one.team == owner.casefold()]
    return any(month is None or one.works_in(month) for one in theirs)
