"""For all tests: no timing decides one, so Hypothesis has no deadline; and Ctrl-C is heard.

A shell starts what runs in the background deaf to Ctrl-C, and every process that a test starts
inherits that: tests that interrupt one would wait for ever.
"""

import signal

from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
