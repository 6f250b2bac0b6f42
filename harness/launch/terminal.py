"""The terminal of a command: which process group reads its keyboard and gets its signals."""

from __future__ import annotations

import os
import signal
import sys
import termios


class Terminal:
    """The controlling terminal, when stdin is one; otherwise nobody is in its foreground."""

    def __init__(self) -> None:
        try:
            self._descriptor = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):  # stdin is closed, or no file
            self._descriptor = -1

    def stops_writers(self) -> bool:
        """Return whether whoever writes to it in the background is stopped (`stty tostop`)."""
        try:
            return bool(termios.tcgetattr(self._descriptor)[3] & termios.TOSTOP)
        except (termios.error, ValueError, TypeError):  # no terminal
            return False

    def shows(self, group: int) -> bool:
        """Return whether a process group is in the foreground."""
        try:
            return os.tcgetpgrp(self._descriptor) == group
        except OSError:
            return False

    def pass_on(self, giver: int, taker: int) -> bool:
        """Put a group in the foreground in another's place; return False if that was not there."""
        if not self.shows(giver):
            return False
        # A background process that changes the foreground group is stopped by SIGTTOU, unless it blocks it.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        try:
            os.tcsetpgrp(self._descriptor, taker)
        except OSError:  # the group has ended, or the terminal was hung up
            return False
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        return True
