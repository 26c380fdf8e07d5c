"""`lachan serve`: a supervisor over three processes, the front (owns the port), Django and the worker."""
