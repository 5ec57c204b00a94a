"""Who owns a target or an action, as team.yaml knows them: a person or a desk by name, or a whole team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.settings.team import TEAMS

if TYPE_CHECKING:
    from cslib.periods import Month
    from cslib.settings.team import Team


def known_owners(team: Team) -> tuple[str, ...]:
    """Return the names of everyone, and those of all teams, whoever is said to make them up."""
    return (*team.people, *TEAMS)


def is_known_owner(team: Team, owner: str) -> bool:
    """Return whether an owner is among those; a team is meant however it is spelt, CSM as csm."""
    return owner in team.people or owner.casefold() in TEAMS


def owns(team: Team, owner: str, month: Month | None = None) -> bool:
    """Return whether somebody of that name, or of that team, is there: at all, or in a month. A team is meant however it is spelt, CSM as csm."""
    theirs = [one for name, one in team.people.items() if name == owner or one.team == owner.casefold()]
    return any(month is None or one.works_in(month) for one in theirs)
