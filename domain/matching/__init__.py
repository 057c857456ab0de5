"""Which published flow fits a problem: words, features, one calibrated score, and the reason in words. Pure."""
