"""The small real-time process: it alone reads the ports, keeps the clock and sends notes."""
