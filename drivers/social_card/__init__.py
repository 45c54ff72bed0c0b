"""Kind social_card: the social-security card (社保卡) in a PC/SC reader."""
