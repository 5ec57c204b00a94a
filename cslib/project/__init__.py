"""A project of a team's own: written once (`cslib new`), then merged with each next version of the package (`cslib upgrade`)."""
