"""Purveyor: the platform on which software is resold by the seat."""
