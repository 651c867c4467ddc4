"""The learning-rate schedule that lesson 02 builds: fraction of all steps done → learning rate."""

import math


def cosine(start, end, fraction):
    """Half a cosine wave from start (fraction 0) down to end (fraction 1).

    Loshchilov and Hutter, SGDR (2016), without restarts.

    Built in lesson 02.
    """
    return end + (start - end) * (1 + math.cos(math.pi * fraction)) / 2
