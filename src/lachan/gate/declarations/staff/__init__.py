"""The staff's side of declarations: list, queue, assisted declaring, paper, requests, live counts."""
