"""What readers outside the company see: pseudonyms for names, and no figure by which few could be told."""
