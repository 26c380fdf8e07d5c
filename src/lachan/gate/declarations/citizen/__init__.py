"""The citizen's side of declarations: the pages that work without scripts, and what the offline page needs."""
