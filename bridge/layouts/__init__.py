"""Layouts for control surfaces, made from the parameter table."""
