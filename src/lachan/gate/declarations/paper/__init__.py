"""The printed form: one A4 page made from the Questionnaire, with a signed serial in its corner."""
