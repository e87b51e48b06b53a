"""The page and OSCQuery: what a browser, a tablet or another program sees of the band, on one loopback port."""
