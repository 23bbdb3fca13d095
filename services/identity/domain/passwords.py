"""Which passwords are refused. Length counts, composition does not (OWASP ASVS 6.2)."""

from __future__ import annotations

MIN_LENGTH = 8
MAX_LENGTH = 128

# The head of every list of leaked passwords that has at least eight characters.
COMMON = frozenset(
    """
    12345678 123456789 1234567890 11111111 00000000 87654321 12341234 123123123 12344321 11223344 987654321 88888888
    password password1 password12 password123 passw0rd p@ssw0rd p@ssword passwort passwort1 motdepasse contraseña
    qwertyui qwertyuiop qwerty123 qwerty12 qwertz123 azertyui azertyuiop asdfghjk asdfghjkl zxcvbnm1 1q2w3e4r
    1qaz2wsx q1w2e3r4 q1w2e3r4t5 1q2w3e4r5t abcd1234 abc12345 abcdefgh abcdefg1 aa123456 a1234567 iloveyou iloveyou1
    sunshine princess football baseball superman starwars trustno1 whatever computer internet michelle jennifer
    welcome1 welcome123 letmein1 letmein123 changeme changeme1 admin123 admin1234 administrator dragon123 monkey123
    master123 shadow123 charlie1 michael1 pokemon1 samsung1 liverpool chelsea1 arsenal1 barcelona jordan23 qazwsxedc
    secret123 test1234 testtest default1 hello123 hellohello summer2024 summer2025 summer2026 winter2025 spring2026
    """.split()
)


def weakness(password: str, email: str) -> str | None:
    """Why it is refused, for the person who chose it; None when it is good."""
    if len(set(password)) <= 2:
        return "It repeats one or two characters. Choose a few words that only you would put together."
    if password.lower() in COMMON:
        return "It is on every list of common passwords. Choose a few words that only you would put together."
    if password.lower() in {email, email.partition("@")[0]}:
        return "It is your address. Choose something that nobody can look up."
    return None
