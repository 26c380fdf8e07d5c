"""Simulated devices of checkpoints: for the benchmark of syncing and for the tests that kill the server under them."""
