"""Each trial on disk before the next question is asked: a journal that a run can go on from.

`journal` opens one, adds trials and reads them back; `lines` says what a line is, `appending` what
a file is to which one run at a time adds lines; `space_in_json` and `codes` write configurations
and values in JSON, type and all; `version_0_1` reads what that version wrote.
"""

from bo_tutorial.journal.appending import JournalError
from bo_tutorial.journal.journal import Journal, JournalTrial, read_journal
from bo_tutorial.journal.lines import Entry, moment
from bo_tutorial.journal.space_in_json import fingerprint

__all__ = [
    "Entry",
    "Journal",
    "JournalError",
    "JournalTrial",
    "fingerprint",
    "moment",
    "read_journal",
]
