"""Defence and offence: what falls due, what there is to gain, whom to propose something, and which rules have proved themselves."""
