"""`lachan serve`: a supervisor over the fronts (they own the port), Django and the worker."""
