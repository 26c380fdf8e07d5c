"""The demo province: a made-up outbreak among made-up people in the province's real communes.

Everything follows from a seed (numpy's Generator): the people, the places, who met and infected whom, and what they
declared. The rows are written by the code that a citizen's declaration goes through. Nobody here exists.
"""
