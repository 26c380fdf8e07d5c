"""What changes people: linking a declared identity to a person, and joining or parting two records."""

from lachan.registry.people.services.forget import forget
from lachan.registry.people.services.link import Identity, Sighting, link, link_many, narrow_alias
from lachan.registry.people.services.merge import MergeRefused, merge, unmerge
from lachan.registry.people.services.names import forget_names, note_name

__all__ = [
    "Identity",
    "MergeRefused",
    "Sighting",
    "forget",
    "forget_names",
    "link",
    "link_many",
    "merge",
    "narrow_alias",
    "note_name",
    "unmerge",
]
