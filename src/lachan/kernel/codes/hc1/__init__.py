"""EU Digital COVID Certificates (HC1), the form that Viet Nam's own vaccine passport took (Quyết định 5772/QĐ-BYT).

`read` verifies a certificate offline against an `Hc1Trust`, `peek` shows what it merely claims, `import_certificates`
makes a trust list of a JSON file of issuers' certificates, `EntryRules` says whether it is enough to go in.
"""

from lachan.kernel.codes.hc1.certificates import Imported, import_certificates
from lachan.kernel.codes.hc1.dcc import KINDS
from lachan.kernel.codes.hc1.reading import ERRORS, MOST_TEXT, PREFIX, Hc1, peek, read
from lachan.kernel.codes.hc1.rules import Entry, EntryReason, EntryRules
from lachan.kernel.codes.hc1.trust import Hc1Key, Hc1Trust

__all__ = [
    "ERRORS",
    "KINDS",
    "MOST_TEXT",
    "PREFIX",
    "Entry",
    "EntryReason",
    "EntryRules",
    "Hc1",
    "Hc1Key",
    "Hc1Trust",
    "Imported",
    "import_certificates",
    "peek",
    "read",
]
