"""What is refused of pictures, and why."""

from __future__ import annotations

from chassis.problems import Conflict, Problem


class PictureRefused(Problem):
    """422: the file is no picture that can be shown; extension `code`: why, for programs.

    What to do: The detail says what is wrong. Send a JPEG, PNG, WebP, GIF or AVIF of at most 25 million pixels.
    """

    status, type, title = 422, "picture-refused", "This file cannot be shown as a picture"


class TooManyPictures(Conflict):
    """409: the product has as many pictures as it can; extension `limit`.

    What to do: Delete one that is no longer needed.
    """

    type, title = "too-many-pictures", "The product has as many pictures as it can"


class PicturesDiffer(Conflict):
    """409: the product has other pictures than the order names; extension `picture_ids`: those it has, in their order.

    What to do: Read them again, and send an order that has each of them once.
    """

    type, title = "pictures-differ", "The product has other pictures"
