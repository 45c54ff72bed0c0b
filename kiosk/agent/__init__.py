"""The terminal's second process: it talks to the hub, and goes on talking when the screen has died. No Qt here."""
