"""What isolation learns from the floors beside and below it."""
