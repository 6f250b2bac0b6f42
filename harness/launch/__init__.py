"""Apps as their own processes and containers, and the receivers they send to."""
