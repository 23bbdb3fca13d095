"""The palettes of the drawings: muted colours, each with one strong accent."""

from __future__ import annotations

from mercat.demo.model import Palette


def _palette(paper: str, ink: str, *colours: str) -> Palette:
    return Palette(f"#{paper}", f"#{ink}", tuple(f"#{colour}" for colour in colours))


TIDE = _palette("f4f0e6", "1d3442", "1d3442", "2f6072", "6fa3a8", "d98f5c", "bccfc9")
EMBER = _palette("f7efe3", "3a211b", "7c2f22", "b9502f", "dc8a45", "3d4a50", "ecc78f")
MOSS = _palette("f2f0e3", "252f20", "33452c", "5f7448", "96a265", "bd6b40", "cdc795")
NIGHT = _palette("131b2a", "ece3d0", "ece3d0", "cfa256", "6b8fae", "35537a", "a4604f")
PLUM = _palette("f6eeea", "31203a", "4a2a4f", "8a4468", "c0788a", "e0a996", "6f7f8f")
SAFFRON = _palette("faf4e4", "2b2b2b", "e2a62b", "d2693a", "33474e", "7d9a9b", "e9d7ab")
FROST = _palette("eff2f1", "20303b", "2c4a5e", "56798f", "93b3c2", "dd9f84", "c9d8dc")
CLAY = _palette("f4eae0", "3a2a24", "93452f", "c77c56", "65756c", "e0b896", "33302d")
COAL = _palette("1a191b", "efe7da", "efe7da", "d4673d", "a89b8a", "6c676d", "454147")
GLASS = _palette("f0f2ea", "17393a", "17494a", "2f7c77", "7fb5a6", "e6b866", "c1dacb")
DUSK = _palette("f7ede6", "2a2440", "332b55", "6a4c7d", "b3688a", "e88f6c", "f5c98a")
"""The colours of a sky after sunset; they also work in reverse order."""
LICHEN = _palette("eeece2", "2c3332", "3f4f4c", "7f9186", "b8bd9f", "d9a441", "a65f3f")
