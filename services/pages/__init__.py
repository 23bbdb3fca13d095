"""The service pages: the shop's pages as HTML documents over the public reads of catalog and shop."""
