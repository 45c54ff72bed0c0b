"""Recording what goes over a device's wire, without what is personal in it, and playing it back as the other end.

The file is text, one record a line (FORMAT.md beside this file); blanking is done by the kind's own codec, before
anything is written.
"""
