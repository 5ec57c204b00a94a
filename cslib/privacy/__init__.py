"""What readers outside the company see: pseudonyms for names, and no figure that would disclose few customers."""
