"""The data gateway: registered sources, read for a purpose and a case, and every read written down."""
