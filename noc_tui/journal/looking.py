"""Who may only look: the role whose holder's commands a server takes none of, and what is said instead of doing."""

from __future__ import annotations

from typing import Final

VIEWER: Final = "viewer"
"""The role of a token that may read all and do nothing."""
ONLY_LOOKS: Final = "You may only look here: your token is a viewer's; log in with an operator's."
"""Said at the key: what a server will never take does not wait to be sent."""
