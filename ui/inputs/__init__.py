"""What comes in from guns, cameras and keyboards, on its way to whoever is to have it."""
