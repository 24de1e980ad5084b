"""Bytes to messages in bounded memory, the transports, the protocol's own types, and what is registered with a client."""
