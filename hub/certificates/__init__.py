"""Certificates (电子证照), seals (电子印章), and the chain that everything issued stands in (云链签)."""
