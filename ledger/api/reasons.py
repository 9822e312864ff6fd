"""What every reversal asks for."""

from pos_project.core.http.aliases import MovesMoneyIn
from pos_project.core.http.fields import ReasonField


class ReasonIn(MovesMoneyIn):
    """A reversal takes back the whole; whoever names a part of it is refused."""

    reason = ReasonField()
