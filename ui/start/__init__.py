"""What lets the window be there sooner, and smaller: each trick in one place, tested, and off where it does not fit."""
