"""What a citizen may see of her own declaration: by its code and a one-time code to the phone that she gave in it."""
