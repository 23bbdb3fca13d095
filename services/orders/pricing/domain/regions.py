"""States and provinces by their codes, where tax or postage differs by them and people write their names."""

from __future__ import annotations

_US = (
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|"
    "DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|"
    "KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|"
    "MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|"
    "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|"
    "WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|GU Guam|MP Northern Mariana Islands|PR Puerto Rico|"
    "VI Virgin Islands"
)
_CA = (
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia|"
    "NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
)
_AU = (
    "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|"
    "TAS Tasmania|VIC Victoria|WA Western Australia"
)


def _by_name(rows: str) -> dict[str, str]:
    pairs = [row.split(" ", 1) for row in rows.split("|")]
    return {name.upper(): code for code, name in pairs}


_CODES = {"US": _by_name(_US), "CA": _by_name(_CA) | {"QUÉBEC": "QC"}, "AU": _by_name(_AU)}


def region_code(country: str, region: str) -> str:
    """The region's code where it is known, else what was written in capitals: "new york" is NY, "hesse" is HESSE."""
    written = " ".join(region.upper().replace(".", "").split())
    return _CODES.get(country, {}).get(written, written)
