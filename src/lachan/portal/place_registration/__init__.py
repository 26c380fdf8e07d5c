"""A shop's own registration: tell, prove the phone, get the QR. Here because it needs places and one-time codes."""
