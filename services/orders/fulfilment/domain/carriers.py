"""Carriers whose tracking pages are known. Any other is free text."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

# Of an address of a tracking page, as the check of `parcels` has it.
LONGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class Carrier:
    """`page`: the address of a parcel's tracking page, up to its number and `rest` after it."""

    title: str
    page: str
    rest: str = ""


CARRIERS = {
    "canada-post": Carrier(
        "Canada Post", "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor="
    ),
    "dhl": Carrier("DHL", "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode="),
    "dhl-express": Carrier(
        "DHL Express", "https://www.dhl.com/en/home/tracking/tracking-express.html?submit=1&tracking-id="
    ),
    "dpd": Carrier("DPD", "https://tracking.dpd.de/parcelstatus?query="),
    "fedex": Carrier("FedEx", "https://www.fedex.com/fedextrack/?trknbr="),
    "gls": Carrier("GLS", "https://gls-group.com/track/"),
    "japan-post": Carrier(
        "Japan Post", "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1=", "&locale=en"
    ),
    "la-poste": Carrier("La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code="),
    "postnl": Carrier("PostNL", "https://postnl.nl/tracktrace/?B="),
    "royal-mail": Carrier("Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/"),
    "swiss-post": Carrier("Swiss Post", "https://www.swisspost.ch/track?formattedParcelCodes="),
    "ups": Carrier("UPS", "https://www.ups.com/track?tracknum="),
    "usps": Carrier("USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels="),
}


@dataclass(frozen=True, slots=True)
class Tracking:
    """How a parcel travels, and where its customer can look. `carrier`: a key of CARRIERS, or as staff typed it."""

    carrier: str | None = None
    number: str | None = None
    url: str | None = None

    @property
    def carrier_title(self) -> str | None:
        """For people."""
        known = CARRIERS.get(self.carrier or "")
        return known.title if known else self.carrier


def tracking_of(carrier: str | None, number: str | None, url: str | None) -> Tracking:
    """With the carrier's own page, where it is known and no other is given. "UPS" and "ups" are one carrier.

    A number of other letters than ASCII grows as part of an address: one that is too long then has no page.
    """
    key = (carrier or "").lower().replace(" ", "-")
    known = CARRIERS.get(key)
    if known is None:
        return Tracking(carrier, number, url)
    page = f"{known.page}{quote(number.replace(' ', ''), safe='')}{known.rest}" if number else None
    return Tracking(key, number, url or (page if page and len(page) <= LONGEST_PAGE else None))
