"""The verbs of declarations, one file a subject. Import the file: `services.follow_up.note(...)`."""
