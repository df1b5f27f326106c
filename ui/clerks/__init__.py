"""The conversations behind the screens: what is asked of the station and what it answered. No widget in here."""
