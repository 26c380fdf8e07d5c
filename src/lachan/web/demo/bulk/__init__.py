"""A whole province at once: the same rows as the slow way makes, from arrays, straight into the tables.

`test_bulk.py` holds the rows against those of `prepare`. Declarations go in without their secondary indexes, which are
made afterwards.
"""
