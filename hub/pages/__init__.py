"""The pages people see in a browser: templates, style and a few lines of script, all our own."""
