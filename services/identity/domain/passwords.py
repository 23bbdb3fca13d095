"""Which passwords are refused. Length counts, composition does not (OWASP ASVS 6.2)."""

from __future__ import annotations

from identity.domain.leaked import leaked_passwords

MIN_LENGTH = 8
MAX_LENGTH = 128

_LEAKED = leaked_passwords(MIN_LENGTH)

# What people choose beside those: rows of digits and letters, words of other languages, and the years of now.
_COMMON = frozenset(
    """
    00000000 87654321 987654321 88888888 12341234 123123123 abcdefgh contraseña passwort1 qwertz123 p@ssword letmein123
    admin1234 administrator testtest hellohello michelle jennifer summer2024 summer2025 summer2026 winter2025 spring2026
    """.split()
)


def weakness(password: str, email: str) -> str | None:
    """Why it is refused, for the person who chose it; None when it is good."""
    if len(set(password)) <= 2:
        return "It repeats one or two characters. Choose a few words that only you would put together."
    if password.lower() in _COMMON or password.lower() in _LEAKED:
        return "It is on the lists of leaked passwords. Choose a few words that only you would put together."
    if password.lower() in {email, email.partition("@")[0]}:
        return "It is your address. Choose something that nobody can look up."
    return None
