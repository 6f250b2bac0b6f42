"""Bytes and SDK objects to model values; pure, and no input crashes it."""
