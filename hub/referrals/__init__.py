"""Outside parties that a case is handed to: a bank, a water works; asked by port, believed by their own number."""
