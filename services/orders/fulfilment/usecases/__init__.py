"""Send a parcel, correct it, deliver it, take it back; and give pieces back to the catalog."""
