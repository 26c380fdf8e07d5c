"""Questions about zones: the numbers that rules look at, what is in force, who lives in a lockdown."""
