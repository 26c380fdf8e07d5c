"""The front process: owns the port, serves the intake and static files itself, hands the rest to Django."""
